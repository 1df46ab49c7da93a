package io.coppice.ops.cli;

import io.coppice.ops.cli.PlanCompiler.Compilation;
import io.coppice.ops.cli.StateRequest.Judgement;
import io.coppice.ops.view.DaemonStatus;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceStatus;
import io.coppice.ops.view.PlanFile;
import io.coppice.ops.view.RootLiveness;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanFormatException;
import io.coppice.supervisor.plan.PlanSuccession;
import io.coppice.supervisor.plan.PlanText;
import io.coppice.supervisor.plan.ReplicaSet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Has the root of an instance change over to another plan, made of a manifest as the root would have it made if it were started now:
 * it is the root's environment and the root's JDK that count, not the caller's. One thread.
 */
final class Changeover {
    /** Each of them lost against somebody who changed the plan in between. */
    private static final int MAX_ATTEMPTS = 5;

    private final CoppiceCommand coppice;
    private final InstanceDirectory instance;
    private final Duration timeout;
    private final long startNs;

    /** The time begins now. */
    Changeover(CoppiceCommand coppice, InstanceDirectory instance, Duration timeout) {
        this.coppice = coppice;
        this.instance = instance;
        this.timeout = timeout;
        this.startNs = nowNs();
    }

    /** What the root runs by. */
    Plan presentPlan() {
        PlanFile record = PlanFile.read(instance);
        return record.plan()
                .orElseThrow(() -> new CommandFailedException(
                        ExitCode.FAILED,
                        "Cannot tell what " + instance.name() + " runs. "
                                + record.problem().orElse("It has no plan: " + instance.plan() + " is missing.")));
    }

    /**
     * Compiles for the root that runs.
     *
     * @param scaled as the compiler takes it
     */
    Compilation compile(PlanCompiler compiler, Path manifest, List<ReplicaSet> scaled) {
        RootLiveness.Running root = root();
        return compiler.compile(
                manifest,
                Optional.of(instance.name()),
                environmentOf(root),
                coppice.proc().javaHome(root.pid()),
                scaled);
    }

    private RootLiveness.Running root() {
        RootLiveness liveness = RootLiveness.of(instance, coppice.proc());
        if (!(liveness instanceof RootLiveness.Running root)) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "The root of " + instance.name() + " " + liveness.words()
                            + ", so there is nothing to change.\n  `coppice run` starts it by the manifest as it is.");
        }
        return root;
    }

    private Map<String, String> environmentOf(RootLiveness.Running root) {
        return coppice.proc()
                .environment(root.pid())
                .orElseThrow(() -> new CommandFailedException(
                        ExitCode.NOT_PERMITTED,
                        "Not permitted to read the environment of the root of " + instance.name() + " (pid "
                                + root.pid()
                                + "), which its daemons inherit.\n  Run this command as the user whose root it is."));
    }

    static Plan plan(Compilation.Compiled compiled) {
        try {
            return PlanText.read(compiled.planText().stripTrailing() + "\n");
        } catch (PlanFormatException e) {
            throw new IllegalStateException("the compiler's own plan", e);
        }
    }

    private static Plan plan(Draft draft) {
        try {
            return PlanText.read(draft.planText().stripTrailing() + "\n");
        } catch (PlanFormatException e) {
            throw new IllegalStateException("the compiler's own plan", e);
        }
    }

    private void reserve(PlanCompiler compiler, Draft draft) {
        try {
            compiler.reserve(plan(draft), environmentOf(root()));
        } catch (IOException e) {
            throw noUsers(e);
        }
    }

    private static CommandFailedException noUsers(IOException e) {
        return new CommandFailedException(
                ExitCode.FAILED, "Nothing was changed: cannot give users to workers: " + e.getMessage());
    }

    /**
     * Refuses what {@link #changeOver} or the root would refuse as things are, in the same words and with the same exit code, and changes nothing. What
     * the root alone can find out by doing it, such as whether there is room, it does not.
     */
    void requirePossible(PlanCompiler compiler, Plan present, Draft draft) {
        Plan next = plan(draft);
        try {
            compiler.requireReservable(next, environmentOf(root()));
        } catch (IOException e) {
            throw noUsers(e);
        }
        String obstacle = PlanSuccession.obstacle(present, next);
        if (obstacle != null) {
            throw new CommandFailedException(ExitCode.USAGE, "Nothing was changed: " + obstacle);
        }
    }

    /** What is to follow a plan. */
    record Draft(String planText, PlanChange change) {}

    /** Makes a plan of the one that there is. */
    interface Drafting {
        /**
         * Called again, with another plan, if the first one was changed meanwhile.
         *
         * @return empty if nothing is to be done
         */
        Optional<Draft> of(Plan present);
    }

    /**
     * Hands the plan over, and waits until it has taken effect and all that is started for it is ready. If somebody else changes the
     * plan meanwhile, what was made of the former one would undo that; so then it is made anew.
     *
     * @param compiler that made what is drafted
     * @param told is run when the plan has taken effect
     * @return the exit code
     */
    int changeOver(PlanCompiler compiler, Drafting drafting, Consumer<Draft> told) {
        try (Daemons daemons = new Daemons(coppice, instance)) {
            PlanHandover handover = new PlanHandover(coppice, instance, timeout, startNs);
            for (int attempt = 1; ; attempt++) {
                Plan present = presentPlan();
                Optional<Draft> draft = drafting.of(present);
                if (draft.isEmpty()) {
                    return ExitCode.DONE;
                }
                InstanceStatus before = daemons.table();
                reserve(compiler, draft.get());
                String refusal = handover.handOver(present, draft.get().planText());
                if (refusal == null) {
                    return changed(handover, daemons, before, present, draft.get(), told);
                }
                if (attempt == MAX_ATTEMPTS) {
                    throw new CommandFailedException(
                            ExitCode.FAILED, "Nothing was changed, after " + attempt + " attempts: " + refusal);
                }
            }
        }
    }

    private int changed(
            PlanHandover handover,
            Daemons daemons,
            InstanceStatus before,
            Plan present,
            Draft draft,
            Consumer<Draft> told) {
        Map<String, Long> pending = new HashMap<>();
        for (String name : draft.change().started()) {
            pending.put(name, before.daemon(name).map(DaemonStatus::incarnation).orElse(0L));
        }
        Set<String> along = new HashSet<>();
        for (String name : draft.change().restartedAlong()) {
            // One that does not run is not restarted.
            before.daemon(name)
                    .filter(daemon -> daemon.wantedUp() && daemon.pid().isPresent())
                    .ifPresent(daemon -> {
                        pending.put(name, daemon.incarnation());
                        along.add(name);
                    });
        }
        handover.awaitEffect(present, draft.planText());
        told.accept(draft);
        coppice.output().flush();
        return awaitReady(daemons, pending, along);
    }

    /**
     * Waits until all are ready that come after those incarnations.
     *
     * @param along those of which one may also complete before it would be restarted
     */
    private int awaitReady(Daemons daemons, Map<String, Long> pending, Set<String> along) {
        int exitCode = ExitCode.DONE;
        while (!pending.isEmpty()) {
            boolean late = nowNs() - startNs >= timeout.toNanos();
            InstanceStatus status = daemons.table();
            if (status.readable() && pending.keySet().retainAll(status.names())) {
                coppice.note("Somebody changed the plan once more, and took away what it had brought.");
                exitCode = ExitCode.FAILED;
            }
            for (DaemonStatus daemon : status.daemons()) {
                Long before = pending.get(daemon.name());
                if (before == null) {
                    continue;
                }
                if (!daemon.wantedUp()) {
                    pending.remove(daemon.name()); // An operator stopped it, and it stays so.
                    continue;
                }
                boolean newEnough =
                        daemon.incarnation() > before || (along.contains(daemon.name()) && daemon.is("completed"));
                Judgement judgement = StartCommand.readiness(daemon, newEnough, coppice);
                if (judgement instanceof Judgement.OutOfReach outOfReach) {
                    coppice.note(daemon.name() + " is not ready: " + outOfReach.reason());
                    exitCode = ExitCode.FAILED;
                }
                if (!(judgement instanceof Judgement.Pending)) {
                    pending.remove(daemon.name());
                }
            }
            if (pending.isEmpty()) {
                break;
            }
            if (!status.root().running() || late || !Polling.pause(Polling.AWAIT_INTERVAL)) {
                daemons.noteProblems(status);
                coppice.note("The new plan holds, but not ready " + soFar(late) + ": "
                        + String.join(", ", pending.keySet().stream().sorted().toList()) + ". The root "
                        + status.root().words() + ".");
                return ExitCode.FAILED;
            }
        }
        return exitCode;
    }

    /** Only a time that is over is named: the root may have died, or this command been interrupted, before. */
    private String soFar(boolean late) {
        return late ? "within " + timeout.toMillis() + " ms" : "yet";
    }

    private long nowNs() {
        return coppice.caller().clocks().monotonicNs().getAsLong();
    }
}
