package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.HOUR;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Dependency;
import io.coppice.supervisor.core.GroupSpec;
import java.util.ArrayList;
import java.util.List;

/** What one wants to know of a plan, each asked of a run in which nothing else fails. Any thread. */
public final class Questions {
    private static final long MOST_RESTARTS = 1_000;
    private static final long MOST_NS = 24 * HOUR;
    private static final long SLICE_NS = SECOND;
    private static final long UP_WITHIN_NS = HOUR;
    private static final long WATCHED_NS = 600 * SECOND;

    private final List<GroupSpec> groups;
    private final List<ChildSpec> specs;
    private final Core core;
    private final long seed;

    /**
     * About these children.
     *
     * @param seed of the boot times
     */
    public Questions(List<GroupSpec> groups, List<ChildSpec> specs, Core core, long seed) {
        this.groups = List.copyOf(groups);
        this.specs = List.copyOf(specs);
        this.core = core;
        this.seed = seed;
    }

    /**
     * How a daemon that crashes as soon as it runs, each time, ends.
     *
     * @param givesUp false: it was still being restarted when the question was dropped
     * @param restarts so many until then
     * @param afterNs from the first launch until then
     */
    public record GivingUp(String name, boolean givesUp, long restarts, long afterNs) {}

    /** How long each child is away because of one fault of one daemon: by name, those that are away at all. */
    public record Outages(String name, List<Away> byCrash, List<Away> byHang) {}

    /**
     * How long one was away.
     *
     * @param over false: it did not come back while it was watched
     */
    public record Away(String name, long lengthNs, boolean over) {}

    /** Of each child. */
    public List<GivingUp> givingUp() {
        List<GivingUp> answers = new ArrayList<>();
        for (ChildSpec spec : specs) {
            Simulation run = quiet();
            run.doomed = spec.index();
            run.begin();
            ChildState child = run.committedChild(spec.index());
            while (!ended(run, child) && child.restarts() < MOST_RESTARTS && run.elapsedNs() < MOST_NS) {
                run.runUntil(run.startNs() + run.elapsedNs() + SLICE_NS);
                child = run.committedChild(spec.index());
            }
            boolean ended = ended(run, child);
            long endNs = child.phase() == ChildPhase.FAILED ? child.sinceNs() - run.startNs() : run.elapsedNs();
            answers.add(new GivingUp(spec.name(), ended, child.restarts(), endNs));
        }
        return answers;
    }

    private static boolean ended(Simulation run, ChildState child) {
        return run.root().ended() || child.phase() == ChildPhase.FAILED || child.phase() == ChildPhase.COMPLETED;
    }

    /** Of each child that others depend on. */
    public List<Outages> outages() {
        List<Outages> answers = new ArrayList<>();
        for (ChildSpec spec : specs) {
            if (isDependedOn(spec.index())) {
                answers.add(new Outages(
                        spec.name(),
                        away(spec.index(), SimulatedProcess::killNow),
                        away(spec.index(), SimulatedProcess::hangNow)));
            }
        }
        return answers;
    }

    private boolean isDependedOn(int child) {
        for (ChildSpec spec : specs) {
            for (Dependency dependency : spec.dependencies()) {
                if (dependency.index() == child && dependency.condition() != Dependency.Condition.COMPLETED) {
                    return true;
                }
            }
        }
        return false;
    }

    private List<Away> away(int child, java.util.function.Consumer<SimulatedProcess> fault) {
        Simulation run = quiet();
        run.begin();
        while (!run.services.isServing(child) || (!run.services.allServed() && run.elapsedNs() < UP_WITHIN_NS)) {
            if (run.root().ended() || run.elapsedNs() >= 2 * UP_WITHIN_NS) {
                return List.of();
            }
            run.runUntil(run.startNs() + run.elapsedNs() + SLICE_NS);
        }
        // Long enough that it is no crash of its start any more.
        run.runUntil(run.startNs() + run.elapsedNs() + 10 * SECOND);
        long[] downBeforeNs = new long[specs.size()];
        for (int i = 0; i < downBeforeNs.length; i++) {
            downBeforeNs[i] = run.services.downNs(i);
        }
        for (SimulatedProcess process : List.copyOf(run.processesOf(child))) {
            if (process.live() && process.released()) {
                fault.accept(process);
            }
        }
        run.runUntil(run.startNs() + run.elapsedNs() + WATCHED_NS);
        run.services.close();
        List<Away> away = new ArrayList<>();
        for (ChildSpec spec : specs) {
            long lengthNs = run.services.downNs(spec.index()) - downBeforeNs[spec.index()];
            boolean completed = run.committedChild(spec.index()).phase() == ChildPhase.COMPLETED;
            if (lengthNs > 0 && !completed) {
                away.add(new Away(spec.name(), lengthNs, run.services.isServing(spec.index())));
            }
        }
        return away;
    }

    private Simulation quiet() {
        return Simulation.of(
                new PlanScenarios(groups, specs, FaultChoice.NONE, MOST_NS),
                seed,
                new Coverage(),
                CrashPoints.drawn(),
                core);
    }
}
