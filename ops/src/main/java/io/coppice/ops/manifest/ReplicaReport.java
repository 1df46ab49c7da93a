package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.ReplicaSet;
import java.util.List;
import java.util.Optional;

/** What {@code coppice check} says of replicas: one line for all of a set, as they differ in nothing but their names. Pure. */
final class ReplicaReport {
    private ReplicaReport() {}

    /** Whether a child stands for all of its set, or is no replica. */
    static boolean isShown(String child) {
        String set = ReplicaSet.setOf(child);
        return set == null || child.equals(ReplicaSet.childName(set, 1));
    }

    /** What such a child, and all that it stands for, is called. */
    static String name(Plan plan, String child) {
        return set(plan, child)
                .filter(set -> set.count() > 1)
                .map(set -> child + "-" + set.count())
                .orElse(child);
    }

    /** How many it stands for; empty for one that is no replica. */
    static Optional<String> count(Plan plan, String child) {
        return set(plan, child).map(ReplicaReport::count);
    }

    private static String count(ReplicaSet set) {
        return (set.count() == 0 ? "no" : String.valueOf(set.count()))
                + (set.count() == 1 ? " replica" : " replicas")
                + (set.isScaled() ? " by `coppice scale` (the manifest says " + set.declared() + ")" : "");
    }

    /** A line for each set that has none. */
    static List<String> empty(Plan plan) {
        return plan.replicaSets().stream()
                .filter(set -> set.count() == 0)
                .map(set -> set.name() + "  " + count(set))
                .toList();
    }

    private static Optional<ReplicaSet> set(Plan plan, String child) {
        return Optional.ofNullable(ReplicaSet.setOf(child)).flatMap(plan::replicaSet);
    }
}
