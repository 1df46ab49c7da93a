package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.HOUR;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Dependency;
import io.coppice.supervisor.core.GroupSpec;
import io.coppice.supervisor.plan.Probes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** What one wants to know of a plan, each asked of a run in which nothing else fails. Any thread. */
public final class Questions {
    private static final long MOST_RESTARTS = 1_000;
    private static final long MOST_NS = 24 * HOUR;
    private static final long SLICE_NS = SECOND;
    private static final long UP_WITHIN_NS = HOUR;
    private static final long WATCHED_NS = 600 * SECOND;
    private static final int GAVE_UP_CODE = 5;

    /** Of more children only those are asked about whom others depend on. */
    private static final int MOST_ASKED = 50;

    private final List<GroupSpec> groups;
    private final List<ChildSpec> specs;
    private final List<Probes> probes;
    private final Core core;
    private final long seed;

    /**
     * About the children of these.
     *
     * @param settings of which neither the faults nor how many runs there are count; the seed is that of the boot times
     */
    public Questions(SimulationSettings settings, Core core) {
        groups = settings.groups();
        specs = settings.specs();
        probes = settings.probes();
        seed = settings.seed();
        this.core = core;
    }

    /**
     * How a daemon that crashes as soon as it runs, each time, ends.
     *
     * @param givesUp false: it was still being restarted when the question was dropped
     * @param restarts so many until then
     * @param afterNs from the first launch until then
     * @param withAll the whole instance is given up with it: the root exits with 5
     * @param endsAll the whole instance ends with it, for it is significant
     */
    public record GivingUp(
            String name, boolean givesUp, long restarts, long afterNs, boolean withAll, boolean endsAll) {}

    /** What follows from one fault of one daemon. */
    public record Outages(String name, Consequence byCrash, Consequence byHang) {}

    /**
     * What follows from one fault.
     *
     * @param away how long each child is away because of it: by name, those that are away at all
     * @param endsAll the whole instance ended by it, at least once
     */
    public record Consequence(List<Away> away, boolean endsAll) {
        static final Consequence NONE = new Consequence(List.of(), false);

        public Consequence {
            away = List.copyOf(away);
        }
    }

    /**
     * How long one was away, in as many runs as were made.
     *
     * @param lengthNs the median
     * @param leastNs 0 where it was not away in one of them
     * @param over false: in one of them it did not come back while it was watched
     */
    public record Away(String name, long lengthNs, long leastNs, long mostNs, boolean over) {}

    /** Of each child. */
    public List<GivingUp> givingUp() {
        List<GivingUp> answers = new ArrayList<>();
        for (ChildSpec spec : specs) {
            Simulation run = quiet(seed);
            run.doomed = spec.index();
            run.begin();
            ChildState child = run.committedChild(spec.index());
            while (!ended(run, child) && child.restarts() < MOST_RESTARTS && run.elapsedNs() < MOST_NS) {
                run.runUntil(run.startNs() + run.elapsedNs() + SLICE_NS);
                child = run.committedChild(spec.index());
            }
            boolean ended = ended(run, child);
            long endNs = child.phase() == ChildPhase.FAILED ? child.sinceNs() - run.startNs() : run.elapsedNs();
            boolean withAll = run.root().ended() && run.root().exitCode() == GAVE_UP_CODE;
            boolean endsAll = specs.size() > 1 && run.root().ended() && !withAll;
            answers.add(new GivingUp(spec.name(), ended, child.restarts(), endNs, withAll, endsAll));
        }
        return answers;
    }

    private static boolean ended(Simulation run, ChildState child) {
        return run.root().ended() || child.phase() == ChildPhase.FAILED || child.phase() == ChildPhase.COMPLETED;
    }

    /** Of each child that is there to serve; of very many, only of those that others depend on. */
    public List<Outages> outages() {
        PlanScenarios scenarios = scenarios();
        List<Outages> answers = new ArrayList<>();
        for (ChildSpec spec : specs) {
            boolean asked = specs.size() <= MOST_ASKED ? !scenarios.isTask(spec.index()) : isDependedOn(spec.index());
            if (asked) {
                answers.add(new Outages(
                        spec.name(),
                        away(spec.index(), SimulatedProcess::killNow, 0),
                        away(spec.index(), SimulatedProcess::hang, noticedWithinNs(spec.index()))));
            }
        }
        return answers;
    }

    /** How long a hang may go unnoticed. */
    private long noticedWithinNs(int child) {
        return probes.isEmpty()
                ? 0
                : Math.min(
                        MOST_NS,
                        DeclaredProber.noticedWithinNs(probes.get(child).liveness()));
    }

    /** In how many runs; the more children, the longer each takes. */
    private int draws() {
        return specs.size() <= 10 ? 15 : specs.size() <= MOST_ASKED ? 5 : 3;
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

    private Consequence away(int child, Consumer<SimulatedProcess> fault, long noticedWithinNs) {
        int draws = draws();
        long[][] lengths = new long[specs.size()][draws];
        boolean[] over = new boolean[specs.size()];
        Arrays.fill(over, true);
        boolean endsAll = false;
        for (int draw = 0; draw < draws; draw++) {
            Simulation run = quiet(seed + draw);
            if (!isUp(run, child)) {
                return Consequence.NONE;
            }
            long[] beforeNs = new long[specs.size()];
            for (int i = 0; i < beforeNs.length; i++) {
                beforeNs[i] = run.services.downNs(i);
            }
            for (SimulatedProcess process : List.copyOf(run.processes.of(child))) {
                if (process.live() && process.released()) {
                    fault.accept(process);
                }
            }
            run.runUntil(run.startNs() + run.elapsedNs() + WATCHED_NS + noticedWithinNs);
            run.services.close();
            endsAll |= run.root().ended();
            for (int i = 0; i < beforeNs.length; i++) {
                boolean completed = run.committedChild(i).phase() == ChildPhase.COMPLETED;
                lengths[i][draw] = completed ? 0 : run.services.downNs(i) - beforeNs[i];
                over[i] &= completed || run.services.isServing(i);
            }
        }
        List<Away> away = new ArrayList<>();
        for (ChildSpec spec : specs) {
            long[] sorted = lengths[spec.index()];
            Arrays.sort(sorted);
            if (sorted[draws - 1] > 0) {
                away.add(new Away(spec.name(), sorted[draws / 2], sorted[0], sorted[draws - 1], over[spec.index()]));
            }
        }
        return new Consequence(away, endsAll);
    }

    /** Lets a run begin, until all serve and the child has for so long that a crash is no crash of its start any more. */
    private static boolean isUp(Simulation run, int child) {
        run.begin();
        while (!run.services.isServing(child) || (!run.services.allServed() && run.elapsedNs() < UP_WITHIN_NS)) {
            if (run.root().ended() || run.elapsedNs() >= 2 * UP_WITHIN_NS) {
                return false;
            }
            run.runUntil(run.startNs() + run.elapsedNs() + SLICE_NS);
        }
        run.runUntil(run.startNs() + run.elapsedNs() + 10 * SECOND);
        return true;
    }

    private PlanScenarios scenarios() {
        return new PlanScenarios(groups, specs, probes, FaultChoice.NONE, MOST_NS);
    }

    private Simulation quiet(long ofSeed) {
        return Simulation.of(scenarios(), ofSeed, new Coverage(), CrashPoints.drawn(), core);
    }
}
