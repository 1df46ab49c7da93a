package io.coppice.ops.cli;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.ReplicaSet;
import io.coppice.supervisor.plan.SlotName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a reload does. Pure.
 *
 * @param rows child by child: those of the new plan in its order, then those that go
 * @param before the sets of replicas that there are
 * @param sets those that there will be
 * @param notifyChanged another command is run when restarts have run out, or it has another time
 */
record PlanChange(List<Row> rows, List<ReplicaSet> before, List<ReplicaSet> sets, boolean notifyChanged) {
    /** What happens to one. */
    enum Kind {
        ADDED("added", "added"),
        STARTED_ANEW("started anew", "started-anew"),
        /** Its process is left alone; what follows from its next death, or stop, is another thing. */
        NEW_RULES("new rules, not restarted", "new-rules"),
        UNCHANGED("unchanged", "unchanged"),
        REMOVED("removed", "removed");

        private final String words;
        private final String code;

        Kind(String words, String code) {
            this.words = words;
            this.code = code;
        }

        String words() {
            return words;
        }
    }

    /**
     * What happens to one child.
     *
     * @param restartedWith whose end it is restarted with, if it runs, because its {@code depends_on} says so; null if with none's
     */
    record Row(String name, Kind kind, @Nullable String restartedWith) {
        private String words() {
            if (restartedWith == null) {
                return kind.words();
            }
            return (kind == Kind.NEW_RULES ? "new rules, " : "") + "restarted with " + restartedWith;
        }

        private String json() {
            // Names are of [a-z0-9.@-] and codes ours: nothing to escape.
            return "{\"name\":\"" + name + "\",\"change\":\"" + kind.code + "\""
                    + (restartedWith == null ? "" : ",\"restarted_with\":\"" + restartedWith + "\"") + "}";
        }

        /** Whether nothing of it changes, nor happens to it. */
        private boolean leftAlone() {
            return kind == Kind.UNCHANGED && restartedWith == null;
        }
    }

    static PlanChange between(Plan present, Plan next) {
        Map<String, ChildPlan> left = new HashMap<>();
        present.children().forEach(child -> left.put(child.name(), child));
        Map<String, Kind> kinds = new LinkedHashMap<>();
        for (ChildPlan child : next.children()) {
            ChildPlan known = left.remove(child.name());
            put(kinds, child, known == null ? Kind.ADDED : kind(present, known, next, child));
        }
        present.children().stream()
                .filter(child -> left.containsKey(child.name()))
                .forEach(child -> put(kinds, child, Kind.REMOVED));
        // Nobody counts them where nothing happens to them.
        kinds.entrySet().removeIf(row -> SlotName.isSlot(row.getKey()) && row.getValue() == Kind.UNCHANGED);
        // What goes does so under the present plan; what is started anew, under the next.
        Map<String, String> with = restartedWith(present, kinds, Kind.REMOVED);
        restartedWith(next, kinds, Kind.STARTED_ANEW).forEach(with::putIfAbsent);
        List<Row> rows = new ArrayList<>();
        kinds.forEach((name, kind) -> rows.add(
                new Row(name, kind, kind == Kind.UNCHANGED || kind == Kind.NEW_RULES ? with.get(name) : null)));
        return new PlanChange(
                rows,
                present.replicaSets(),
                next.replicaSets(),
                !present.notice().equals(next.notice()));
    }

    /** All slots of a daemon have one row: they are alike, and only their number may change besides. */
    private static void put(Map<String, Kind> kinds, ChildPlan child, Kind kind) {
        String name = SlotName.logName(child.name());
        Kind before = kinds.put(name, kind);
        if (before != null && before != kind) {
            kinds.put(name, Kind.NEW_RULES);
        }
    }

    /** Who is restarted because some of this kind end, by the name of which: that one ends itself, or is restarted with another. */
    private static Map<String, String> restartedWith(Plan plan, Map<String, Kind> kinds, Kind ending) {
        Map<String, String> with = new HashMap<>();
        for (ChildPlan child : plan.children()) { // each after all that it depends on
            child.dependsOn().stream()
                    .filter(Dependency::restart)
                    .map(Dependency::name)
                    .filter(name -> kinds.get(name) == ending || with.containsKey(name))
                    .findFirst()
                    .ifPresent(name -> with.put(child.name(), name));
        }
        return with;
    }

    private static Kind kind(Plan present, ChildPlan known, Plan next, ChildPlan child) {
        if (known.launch() != child.launch() || known.kind() != child.kind()) {
            return Kind.STARTED_ANEW;
        }
        return known.startedAs(child).equals(child) && groups(present, known).equals(groups(next, child))
                ? Kind.UNCHANGED
                : Kind.NEW_RULES;
    }

    /** The groups that it is in, from its own outwards: their rules are its own as well. */
    private static List<GroupPlan> groups(Plan plan, ChildPlan child) {
        Map<String, GroupPlan> byName = new HashMap<>();
        plan.groups().forEach(group -> byName.put(group.name(), group));
        List<GroupPlan> groups = new ArrayList<>();
        String name = child.membership().group();
        GroupPlan group = byName.get(name);
        while (group != null) {
            groups.add(group);
            group = name.equals(GroupPlan.OUTERMOST)
                    ? null
                    : byName.get(group.membership().group());
            name = group == null ? name : group.name();
        }
        return groups;
    }

    /** Those that a new process is started of; not slots, of which none is until there is work for it. */
    List<String> started() {
        return rows.stream()
                .filter(row ->
                        !SlotName.isSlot(row.name()) && (row.kind() == Kind.ADDED || row.kind() == Kind.STARTED_ANEW))
                .map(Row::name)
                .toList();
    }

    /** Those whose process is left alone; not slots. */
    List<String> leftRunning() {
        return rows.stream()
                .filter(row -> !SlotName.isSlot(row.name())
                        && row.restartedWith() == null
                        && (row.kind() == Kind.UNCHANGED || row.kind() == Kind.NEW_RULES))
                .map(Row::name)
                .toList();
    }

    /** Those that are restarted because of others, if they run. */
    List<String> restartedAlong() {
        return rows.stream()
                .filter(row -> row.restartedWith() != null)
                .map(Row::name)
                .toList();
    }

    /** Whether it changes nothing. */
    boolean isEmpty() {
        return !notifyChanged && rows.stream().allMatch(Row::leftAlone);
    }

    /** A line for each that is not left as it is, and one for the others; and one for each set that somebody has scaled. */
    List<String> lines() {
        List<String> lines = childLines();
        for (ReplicaSet set : sets) {
            if (set.isScaled()) {
                lines.add(set.name() + ": " + replicas(set.count()) + " by `coppice scale`; the manifest says "
                        + set.declared());
            } else if (before.stream().anyMatch(known -> known.name().equals(set.name()) && known.isScaled())) {
                lines.add(set.name() + ": " + replicas(set.count()) + " by the manifest, no longer by `coppice scale`");
            }
        }
        return lines;
    }

    private static String replicas(int count) {
        return count + (count == 1 ? " replica" : " replicas");
    }

    /** The lines of all but replicas as such. */
    List<String> childLines() {
        List<String> lines = new ArrayList<>();
        int unchanged = 0;
        for (Row row : rows) {
            if (row.leftAlone()) {
                unchanged++;
            } else {
                lines.add(row.name() + ": " + row.words());
            }
        }
        if (unchanged > 0) {
            lines.add(unchanged + noun(unchanged, lines.isEmpty()) + " unchanged");
        }
        if (notifyChanged) {
            lines.add("notify: another command, or another time for it");
        }
        return lines;
    }

    /**
     * One JSON object, on which tools rely: fields and codes may be added, none renamed.
     *
     * @param dryRun whether it is only what would be done
     */
    String json(String instance, boolean dryRun) {
        String daemons = rows.stream().map(Row::json).collect(Collectors.joining(","));
        String replicas = sets.stream()
                .map(set -> "{\"name\":\"" + set.name() + "\",\"declared\":" + set.declared() + ",\"count\":"
                        + set.count() + "}")
                .collect(Collectors.joining(","));
        return "{\"instance\":\"" + instance + "\",\"dry_run\":" + dryRun + ",\"daemons\":[" + daemons
                + "],\"replicas\":[" + replicas + "],\"notify_changed\":" + notifyChanged + "}";
    }

    private static String noun(int count, boolean all) {
        return (all ? " daemon" : " other") + (count == 1 ? "" : "s");
    }
}
