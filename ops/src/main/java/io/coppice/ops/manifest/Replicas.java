package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.ReplicaSet;
import io.coppice.supervisor.plan.StartPrefix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which children the daemons of a manifest are: one of the same name, or NAME.1 to NAME.N of one that has {@code replicas}. */
final class Replicas {
    private final List<DaemonSpec> daemons;
    private final Problems problems;
    private final Map<String, ReplicaSet> sets = new LinkedHashMap<>();

    /**
     * Works out how many there are of each.
     *
     * @param scaled what operators have set; each counts as long as the manifest declares the number that it declared then
     */
    Replicas(List<DaemonSpec> daemons, List<ReplicaSet> scaled, Problems problems) {
        this.daemons = daemons;
        this.problems = problems;
        for (DaemonSpec daemon : daemons) {
            Located<Integer> declared = daemon.own().get(DaemonKeys.REPLICAS);
            String name = daemon.name().value();
            if (declared != null && daemon.named() && name.length() <= PlanBounds.MAX_REPLICATED_NAME) {
                int count = scaled.stream()
                        .filter(set -> set.name().equals(name) && set.declared() == declared.value())
                        .mapToInt(ReplicaSet::count)
                        .findFirst()
                        .orElse(declared.value());
                sets.put(name, new ReplicaSet(name, declared.value(), count));
            }
        }
    }

    /** Tells of names without room for a number, and of more children than there may be. */
    void check() {
        long children = 0;
        boolean told = daemons.size() > PlanBounds.MAX_CHILDREN; // as too many, without their replicas
        for (DaemonSpec daemon : daemons) {
            Located<Integer> declared = daemon.own().get(DaemonKeys.REPLICAS);
            ReplicaSet set = sets.get(daemon.name().value());
            if (set != null && children + set.count() > PlanBounds.MAX_CHILDREN && !told) {
                told = true;
                problems.add(
                        Objects.requireNonNull(declared),
                        "with " + set.count() + " of it there are more than " + PlanBounds.MAX_CHILDREN
                                + " daemons, replicas counted",
                        "fewer replicas",
                        set.isScaled() ? "`coppice scale` made it so many" : "");
            }
            children += set == null ? 1 : set.count();
            if (set != null && told) {
                // Nobody gets to see them, and there might be a quarter of a million.
                sets.put(set.name(), new ReplicaSet(set.name(), set.declared(), 0));
            }
            if (declared != null && daemon.named() && set == null) {
                problems.add(
                        daemon.name(),
                        "a name of " + daemon.name().value().length() + " characters with `replicas`",
                        "at most " + PlanBounds.MAX_REPLICATED_NAME + ", as each replica has its number behind it",
                        "");
            }
        }
        if (children > PlanBounds.MAX_CHILDREN && !told) {
            problems.add(
                    daemons.get(daemons.size() - 1).name(),
                    "there are " + children + " daemons, replicas counted",
                    "at most " + PlanBounds.MAX_CHILDREN,
                    "");
        }
    }

    /** All sets, in the order of the manifest. */
    List<ReplicaSet> sets() {
        return List.copyOf(sets.values());
    }

    /** The names of the children that a daemon is; none of one with {@code replicas: 0}. */
    List<String> childrenOf(String daemon) {
        ReplicaSet set = sets.get(daemon);
        return set == null ? List.of(daemon) : set.childNames();
    }

    /** The same of several daemons, in their order. */
    List<String> childrenOf(List<String> names) {
        List<String> children = new ArrayList<>();
        names.forEach(name -> children.addAll(childrenOf(name)));
        return children;
    }

    /**
     * The plans of the children that a daemon is.
     *
     * @param model the plan of the daemon as if it were one child
     * @param line the command line of a child of that name; null for a plain command, whose children all have the same
     */
    List<ChildPlan> plans(DaemonSpec daemon, ChildPlan model, @Nullable Function<String, List<String>> line) {
        ReplicaSet set = sets.get(daemon.name().value());
        if (set == null || !daemon.named()) {
            return List.of(model);
        }
        List<ChildPlan> children = new ArrayList<>();
        try {
            for (String name : set.childNames()) {
                SortedMap<String, String> environment = new TreeMap<>(model.environment());
                environment.put(ReplicaSet.VARIABLE, Integer.toString(children.size() + 1));
                children.add(model.toBuilder()
                        .name(name)
                        .argv(argv(model.argv(), line, name))
                        .environment(environment)
                        .plan());
            }
        } catch (IllegalArgumentException e) {
            // A bound of the plan that the model alone did not break, such as one variable too many.
            problems.addText(daemon.name().at(), daemon.name().path(), String.valueOf(e.getMessage()));
        }
        return children;
    }

    private static List<String> argv(List<String> argv, @Nullable Function<String, List<String>> line, String name) {
        if (line == null) {
            return argv;
        }
        List<String> words = new ArrayList<>(argv.subList(0, StartPrefix.lengthIn(argv)));
        words.addAll(line.apply(name));
        return words;
    }
}
