package io.coppice.ops.cli;

import io.coppice.ops.cli.PlanCompiler.Compilation;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.Printable;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.ReplicaSet;
import io.coppice.supervisor.plan.SlotName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coppice scale}: another number of replicas, by the manifest as it was last loaded. */
@Command(
        name = "scale",
        description = {
            "Have N replicas of a daemon whose manifest says `replicas`.",
            "Those that there are and stay are not touched; what is new is reserved first. The highest numbers go, one after the other, and come back with what their segments"
                    + " hold. Returns when all that is new is ready and all that goes is gone.",
            "With 0 the instance stays up, also if it has nothing else to run.",
            "It holds until the manifest says another number of replicas, also across a reload and the root's death; an orderly"
                    + " stop and `coppice run` begin by the manifest."
        })
final class ScaleCommand implements Callable<Integer> {
    private final CoppiceCommand coppice;
    private final Supplier<PlanCompiler> compiler;

    @Parameters(index = "0", paramLabel = "NAME", description = "A daemon or command with `replicas`.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "N", description = "How many: 0 to " + PlanBounds.MAX_REPLICAS + ".")
    private int count;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long to wait until it is so, for example 500ms, 10s, 2m; default: 90s. Then exit 1; the"
                    + " request itself stands.")
    private Duration timeout = StateRequest.DEFAULT_TIMEOUT;

    ScaleCommand(CoppiceCommand coppice, Supplier<PlanCompiler> compiler) {
        this.coppice = coppice;
        this.compiler = compiler;
    }

    @Override
    public Integer call() {
        if (count < 0 || count > PlanBounds.MAX_REPLICAS) {
            throw new CommandFailedException(
                    ExitCode.USAGE, "N: " + count + " is out of range, expected 0 to " + PlanBounds.MAX_REPLICAS + ".");
        }
        InstanceDirectory instance = coppice.resolveWholeInstance("the plans");
        Changeover changeover = new Changeover(coppice, instance, timeout);
        return changeover.changeOver(
                compiler.get(), present -> draft(changeover, instance, present), draft -> tell(draft.change()));
    }

    private void tell(PlanChange change) {
        change.before().stream()
                .filter(set -> set.name().equals(name))
                .forEach(set -> coppice.output().line(name + ": " + set.count() + " to " + replicas(count)));
        coppice.output().lines(change.childLines());
    }

    private Optional<Changeover.Draft> draft(Changeover changeover, InstanceDirectory instance, Plan present) {
        ReplicaSet set = set(instance, present);
        Compilation.Compiled asItIs = compiled(changeover, present, present.replicaSets());
        PlanChange unasked = PlanChange.between(present, Changeover.plan(asItIs));
        if (!unasked.isEmpty()) {
            unasked.childLines().forEach(line -> coppice.error("  " + line));
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "Did not scale " + name + ": " + present.manifest()
                            + " has changed since it was loaded, and that would be done as well."
                            + "\n  `coppice reload` first.");
        }
        if (count == set.count()) {
            coppice.output().line(name + ": " + replicas(count) + " already");
            return Optional.empty();
        }
        List<ReplicaSet> sets = new ArrayList<>();
        for (ReplicaSet known : present.replicaSets()) {
            sets.add(known.name().equals(name) ? new ReplicaSet(name, known.declared(), count) : known);
        }
        Compilation.Compiled compiled = compiled(changeover, present, sets);
        compiled.warnings().forEach(coppice::error);
        return Optional.of(
                new Changeover.Draft(compiled.planText(), PlanChange.between(present, Changeover.plan(compiled))));
    }

    private static String replicas(int number) {
        return number + (number == 1 ? " replica" : " replicas");
    }

    private ReplicaSet set(InstanceDirectory instance, Plan present) {
        return present.replicaSet(name).orElseThrow(() -> {
            if (SlotName.isSlot(name)) {
                return new CommandFailedException(
                        ExitCode.USAGE,
                        Printable.of(name) + " is a slot of the transactions of "
                                + Printable.of(SlotName.daemonOf(name)) + ".\n  How many there are the manifest says:"
                                + " `transactions: {slots: N}`.");
            }
            String set = ReplicaSet.setOf(name);
            if (set != null && present.replicaSet(set).isPresent()) {
                return new CommandFailedException(
                        ExitCode.USAGE,
                        Printable.of(name) + " is one of the replicas of " + set + ".\n  Scale that: `coppice scale "
                                + set + " " + count + "`.");
            }
            try (Daemons daemons = new Daemons(coppice, instance)) {
                daemons.known(List.of(name));
            }
            return new CommandFailedException(
                    ExitCode.USAGE,
                    Printable.of(name) + " has no replicas, so there is nothing to scale.\n  Write `replicas: " + count
                            + "` below `" + Printable.of(name) + ":` in " + present.manifest()
                            + " and `coppice reload`; " + Printable.of(name)
                            + ".1 and so on then take its place, each with a segment"
                            + " of its own.");
        });
    }

    private Compilation.Compiled compiled(Changeover changeover, Plan present, List<ReplicaSet> sets) {
        Compilation compilation = changeover.compile(compiler.get(), Path.of(present.manifest()), sets);
        if (compilation instanceof Compilation.Rejected rejected) {
            rejected.errors().forEach(coppice::error);
            throw new CommandFailedException(ExitCode.USAGE, "Nothing was changed.");
        }
        return (Compilation.Compiled) compilation;
    }
}
