package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.ReplicaSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What {@code coppice check} says of replicas: one entry for all of a set. What differs from one to the next, by {@code
 * ${COPPICE_REPLICA}}, is between braces, as a shell has it: {@code 127.0.0.1:{8081,8082,8083}}. Pure.
 */
final class ReplicaReport {
    /** Of more, the first two and the last. */
    private static final int MOST_VALUES = 4;

    private ReplicaReport() {}

    /** What is said of each that a child stands for, in one. */
    static String merged(Plan plan, ChildPlan child, Function<ChildPlan, String> said) {
        String set = ReplicaSet.setOf(child.name());
        if (set == null) {
            return said.apply(child);
        }
        return merged(plan.children().stream()
                .filter(other -> set.equals(ReplicaSet.setOf(other.name())))
                .map(said)
                .toList());
    }

    /** @param texts one or more; if they have not the same number of words the first stands for all */
    static String merged(List<String> texts) {
        List<String[]> all = texts.stream().map(text -> text.split(" ", -1)).toList();
        String[] first = all.get(0);
        if (all.stream().anyMatch(words -> words.length != first.length)) {
            return texts.get(0);
        }
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < first.length; i++) {
            int word = i;
            line.append(i == 0 ? "" : " ")
                    .append(braced(all.stream().map(words -> words[word]).toList()));
        }
        return line.toString();
    }

    private static String braced(List<String> words) {
        if (words.stream().distinct().count() == 1) {
            return words.get(0);
        }
        int shortest = words.stream().mapToInt(String::length).min().orElseThrow();
        int before = 0;
        while (before < shortest && haveInCommon(words, before, false)) {
            before++;
        }
        int after = 0;
        while (after < shortest - before && haveInCommon(words, after, true)) {
            after++;
        }
        // Numbers stay whole.
        String first = words.get(0);
        while (before > 0 && Character.isDigit(first.charAt(before - 1))) {
            before--;
        }
        while (after > 0 && Character.isDigit(first.charAt(first.length() - after))) {
            after--;
        }
        List<String> values = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            boolean shown = words.size() <= MOST_VALUES || i < 2 || i == words.size() - 1;
            if (shown) {
                values.add(words.get(i).substring(before, words.get(i).length() - after));
            } else if (i == 2) {
                values.add("…");
            }
        }
        return first.substring(0, before) + "{" + String.join(",", values) + "}"
                + first.substring(first.length() - after);
    }

    private static boolean haveInCommon(List<String> words, int at, boolean fromTheEnd) {
        char one = at(words.get(0), at, fromTheEnd);
        return words.stream().allMatch(word -> at(word, at, fromTheEnd) == one);
    }

    private static char at(String word, int at, boolean fromTheEnd) {
        return word.charAt(fromTheEnd ? word.length() - 1 - at : at);
    }

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
