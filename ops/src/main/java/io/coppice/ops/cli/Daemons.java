package io.coppice.ops.cli;

import io.coppice.ops.view.DaemonStatus;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceReader;
import io.coppice.ops.view.InstanceStatus;
import io.coppice.ops.view.PlanFile;
import io.coppice.ops.view.Printable;
import io.coppice.ops.view.Suggestions;
import io.coppice.supervisor.plan.ReplicaSet;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** The daemons of one instance as commands name them. One thread. */
final class Daemons implements AutoCloseable {
    private final CoppiceCommand coppice;
    private final InstanceDirectory instance;
    private final InstanceReader reader;

    Daemons(CoppiceCommand coppice, InstanceDirectory instance) {
        this.coppice = coppice;
        this.instance = instance;
        this.reader =
                new InstanceReader(instance, coppice.proc(), coppice.caller().clocks());
    }

    /** The status table without a look into the daemons' segments; cheap enough to poll. */
    InstanceStatus table() {
        return reader.readTable();
    }

    /** Whether the table is of this boot; without one it is not. */
    boolean ofThisBoot() {
        return reader.isOfThisBoot();
    }

    /** The status table with commits. */
    InstanceStatus status() {
        return reader.read();
    }

    /**
     * The names of the children, each once, all known; in the place of a daemon with replicas all of these.
     *
     * @throws CommandFailedException with exit code 2 unless either names or {@code --all} are given; 3 for an unknown name
     */
    List<String> choose(List<String> names, boolean all) {
        LinkedHashSet<String> children = new LinkedHashSet<>();
        targets(names, all).forEach(target -> children.addAll(target.children()));
        return List.copyOf(children);
    }

    /**
     * What the names stand for, each once; with {@code --all} what all names of the manifest stand for.
     *
     * @throws CommandFailedException as {@link #choose}
     */
    List<Target> targets(List<String> names, boolean all) {
        if (names.isEmpty() == !all) {
            throw new CommandFailedException(
                    ExitCode.USAGE, all ? "Give names or --all, not both." : "Which daemon? Give names, or --all.");
        }
        InstanceStatus status = table();
        if (all && !status.readable()) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "Cannot tell which daemons there are. " + String.join(" ", status.problems()));
        }
        return all ? everything(status) : targets(names, status);
    }

    private static List<Target> everything(InstanceStatus status) {
        LinkedHashSet<String> names = new LinkedHashSet<>();
        for (String child : status.names()) {
            String set = ReplicaSet.setOf(child);
            names.add(set == null ? child : set);
        }
        return names.stream().map(name -> target(name, status)).toList();
    }

    private static String words(Target target) {
        int count = target.children().size();
        return target.set() ? target.name() + " (" + count + (count == 1 ? " replica)" : " replicas)") : target.name();
    }

    /** The children of that table that names stand for; an unknown one stands for none. */
    static List<String> childrenOf(List<String> names, InstanceStatus status) {
        return names.stream()
                .flatMap(name -> target(name, status).children().stream())
                .toList();
    }

    private static Target target(String name, InstanceStatus status) {
        return status.daemon(name).isPresent()
                ? new Target(name, List.of(name), false)
                : new Target(
                        name,
                        status.names().stream()
                                .filter(child -> name.equals(ReplicaSet.setOf(child)))
                                .toList(),
                        true);
    }

    /**
     * What names stand for. If the status table cannot be read, nothing is known to be wrong, and each stands for a child: whoever is
     * asked next will say so.
     *
     * @throws CommandFailedException with exit code 3, a suggestion and the list, if one is unknown
     */
    List<Target> known(List<String> names) {
        return targets(names, table());
    }

    private List<Target> targets(List<String> names, InstanceStatus status) {
        List<String> distinct = names.stream().distinct().toList();
        if (!status.readable()) {
            noteProblems(status);
            return distinct.stream()
                    .map(name -> new Target(name, List.of(name), false))
                    .toList();
        }
        List<Target> targets =
                distinct.stream().map(name -> target(name, status)).toList();
        List<String> doubtful = targets.stream()
                .filter(target -> target.children().isEmpty())
                .map(Target::name)
                .toList();
        if (!doubtful.isEmpty()) {
            requireSets(doubtful, status);
        }
        return targets;
    }

    /** Those of no children at all may still be daemons with {@code replicas: 0}, which only the plan tells. */
    private void requireSets(List<String> names, InstanceStatus status) {
        List<String> sets = PlanFile.read(instance)
                .plan()
                .map(plan -> plan.replicaSets().stream().map(ReplicaSet::name).toList())
                .orElse(List.of());
        LinkedHashSet<String> candidates = new LinkedHashSet<>(sets);
        List<Target> all = everything(status);
        all.forEach(target -> candidates.add(target.name()));
        candidates.addAll(status.names());
        List<String> complaints = new ArrayList<>();
        for (String name : names) {
            if (!sets.contains(name)) {
                complaints.add("No such daemon in " + instance.name() + ": " + Printable.of(name) + "."
                        + Suggestions.nearest(name, candidates)
                                .map(near -> " Did you mean " + near + "?")
                                .orElse(""));
            }
        }
        if (!complaints.isEmpty()) {
            complaints.add(
                    all.isEmpty()
                            ? "  It has none."
                            : "  It has: "
                                    + String.join(
                                            ", ",
                                            all.stream().map(Daemons::words).toList()) + ".");
            throw new CommandFailedException(ExitCode.NO_SUCH, String.join("\n", complaints));
        }
    }

    /**
     * Checks that a name is that of one child, as far as can be told.
     *
     * @throws CommandFailedException with exit code 3 if it is unknown; 2 if it stands for replicas, each of which has its own
     * @param what each of them has: {@code a log}
     */
    void requireOne(String name, String what) {
        Target target = known(List.of(name)).get(0);
        if (target.set()) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    name + " has "
                            + (target.children().isEmpty()
                                    ? "no replicas now, each of which would have " + what + " of its own."
                                    : "replicas, and each has " + what + " of its own. Name one: "
                                            + String.join(", ", target.children()) + "."));
        }
    }

    /** Tells what could not be read. */
    void noteProblems(InstanceStatus status) {
        status.problems().forEach(coppice::note);
        for (DaemonStatus daemon : status.daemons()) {
            daemon.problem().ifPresent(problem -> coppice.note(daemon.name() + ": " + problem));
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
