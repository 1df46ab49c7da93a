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
    private final ReplicaValues values;
    private final Problems problems;
    private final Map<String, ReplicaSet> sets = new LinkedHashMap<>();

    /**
     * Works out how many there are of each.
     *
     * @param scaled what operators have set; each counts as long as the manifest declares the number that it declared then
     */
    Replicas(List<DaemonSpec> daemons, ReplicaValues values, List<ReplicaSet> scaled, Problems problems) {
        this.daemons = daemons;
        this.values = values;
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
        String counted = daemons.stream().anyMatch(DaemonSpec::hasTransactions)
                ? " daemons, replicas and slots of transactions counted"
                : " daemons, replicas counted";
        for (DaemonSpec daemon : daemons) {
            Located<Integer> declared = daemon.own().get(DaemonKeys.REPLICAS);
            ReplicaSet set = sets.get(daemon.name().value());
            long each = 1L + TransactionRules.of(daemon).slots();
            if (set != null && children + set.count() * each > PlanBounds.MAX_CHILDREN && !told) {
                told = true;
                problems.add(
                        Objects.requireNonNull(declared),
                        "with " + set.count() + " of it there are more than " + PlanBounds.MAX_CHILDREN + counted,
                        "fewer replicas",
                        set.isScaled() ? "`coppice scale` made it so many" : "");
            }
            children += set == null ? each : set.count() * each;
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
                    "there are " + children + counted,
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
     * The plan of a daemon as if it were one child, of which those of its replicas are made.
     *
     * @param line the command line of a child of that name; null for a plain command, whose children all have the same
     * @param slots the plans of the slots of such a child's transactions
     */
    record Model(
            ChildPlan plan,
            @Nullable Function<String, List<String>> line,
            Function<ChildPlan, List<ChildPlan>> slots) {}

    /** Makes the model of a daemon, or of one replica of it; null if there cannot be one, which has been told then. */
    interface Modeller {
        @Nullable
        Model of(DaemonSpec daemon);
    }

    /** The plans of the children that a daemon is, each with its slots behind it. */
    List<ChildPlan> plans(DaemonSpec daemon, Modeller modeller) {
        // Also of one without any replica: what it says is to be right before somebody scales it.
        Model model = modeller.of(daemon);
        ReplicaSet set = sets.get(daemon.name().value());
        List<ChildPlan> children = new ArrayList<>();
        if (model == null) {
            return children;
        }
        if (set == null || !daemon.named()) {
            children.add(model.plan());
            children.addAll(model.slots().apply(model.plan()));
            return children;
        }
        try {
            int number = 0;
            for (String name : set.childNames()) {
                number++;
                DaemonSpec own = values.of(daemon, number);
                Model like = own == daemon ? model : modeller.of(own);
                if (like == null) {
                    break;
                }
                SortedMap<String, String> environment =
                        new TreeMap<>(like.plan().environment());
                environment.put(ReplicaSet.VARIABLE, Integer.toString(number));
                ChildPlan child = like.plan().toBuilder()
                        .name(name)
                        .argv(argv(like.plan().argv(), like.line(), name))
                        .environment(environment)
                        .plan();
                children.add(child);
                children.addAll(like.slots().apply(child));
            }
        } catch (IllegalArgumentException e) {
            // A bound of the plan that the model alone did not break, such as one variable too many.
            problems.addText(daemon.name().at(), daemon.name().path(), String.valueOf(e.getMessage()));
        }
        return children;
    }

    /** Whether there are several of a daemon, for all of which a key is the same. */
    boolean isShared(DaemonSpec daemon, Setting<?> setting) {
        return daemon.isReplicated() && values.isShared(daemon, setting);
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
