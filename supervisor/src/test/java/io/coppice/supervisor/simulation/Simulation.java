package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Standby;
import io.coppice.supervisor.core.SupervisorState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One run of one seed: a chaos phase with faults and operators, then a healing phase in which all must converge, then an
 * orderly shutdown.
 */
final class Simulation {
    private static final long CHAOS_NS = 30 * SECOND;
    private static final long HANGS_FOUND_NS = 10 * SECOND;
    private static final long HEALING_NS = 180 * SECOND;
    private static final long SHUTDOWN_NS = 120 * SECOND;

    /**
     * A run.
     *
     * @param steps of the core
     * @param digest of all events and commands in their order
     */
    record Result(long steps, long digest) {}

    final Agenda agenda = new Agenda();
    final Draws draws;
    final Draws stageDraws;
    final Draws bodyDraws;
    final Draws standbyDraws;
    final Faults faults;
    final Invariants invariants;
    final CrashPoints crashPoints;
    /** As the manifest is now; the root may not have heard of it yet. */
    private final List<ChildSpec> specs;

    private final List<SimulatedSegment> segments = new ArrayList<>();
    private final List<List<SimulatedProcess>> processes = new ArrayList<>();
    private final boolean[] finite;
    private final long[] work;
    private SupervisorState committed;
    private SimulatedRoot root;
    private int lastPid = 100;
    private long lastRequest;

    private Simulation(long seed, Coverage coverage, CrashPoints crashPoints) {
        this.crashPoints = crashPoints;
        draws = new Draws(seed);
        stageDraws = new Draws(-seed);
        bodyDraws = new Draws(~(31 * seed));
        standbyDraws = new Draws(~(37 * seed));
        faults = new Faults(draws, stageDraws, bodyDraws, crashPoints.areDrawn());
        specs = new ArrayList<>(RandomSpecs.draw(draws));
        boolean withStandbys = standbyDraws.chance(0.5);
        specs.replaceAll(spec -> withStandbys && spec.hasSegment()
                ? RandomSpecs.withStandbys(spec, standbyDraws.oneOf(0, 1, 1, 2, ChildSpec.MAX_STANDBYS))
                : spec);
        finite = new boolean[specs.size()];
        work = new long[specs.size()];
        boolean allFinite = draws.chance(0.1);
        for (ChildSpec spec : specs) {
            segments.add(new SimulatedSegment());
            processes.add(new ArrayList<>());
            finite[spec.index()] = allFinite || draws.chance(0.3);
            work[spec.index()] = draws.between(1, 200);
        }
        invariants = new Invariants(this, specs, coverage);
        committed = SupervisorState.initial(List.copyOf(specs));
        root = new SimulatedRoot(this, committed);
    }

    /**
     * Runs a seed to its end.
     *
     * @return what it came to; equal for equal seeds within one JVM
     * @throws Violation if a predicate does not hold
     */
    static Result run(long seed, Coverage coverage) {
        return run(seed, coverage, CrashPoints.drawn());
    }

    /** The same with the root's deaths as told. */
    static Result run(long seed, Coverage coverage, CrashPoints crashPoints) {
        Simulation simulation = new Simulation(seed, coverage, crashPoints);
        simulation.run();
        return new Result(simulation.invariants.steps(), simulation.invariants.digest());
    }

    private void run() {
        long startNs = agenda.nowNs();
        commit(committed);
        root.post(new Event.Begin(startNs));
        planRootDeath();
        planOperators();
        planReloads();
        runUntil(startNs + CHAOS_NS);
        faults.over = true;
        heal();
        if (!root.ended()) {
            invariants.ends.converged(root.alive(), root.state());
            shutDown();
        }
        invariants.ends.ended(root.ended(), livePids());
    }

    /** Asks again whenever a root has died of it: its successor starts everything. */
    private void shutDown() {
        for (int deaths = -1; !root.ended() && deaths < crashPoints.deaths(); deaths++) {
            if (root.alive()) {
                root.post(new Event.ShutdownRequested(Event.NO_REQUEST, agenda.nowNs()));
            }
            runUntil(agenda.nowNs() + SHUTDOWN_NS);
        }
    }

    /** Long enough that every hang is found; then until all have converged, or ought to have. */
    private void heal() {
        long endNs = agenda.nowNs() + HEALING_NS;
        runUntil(agenda.nowNs() + HANGS_FOUND_NS);
        while (!root.ended()
                && agenda.nowNs() < endNs
                && (!root.alive() || invariants.ends.firstUnsettled(root.state()) != null)) {
            runUntil(agenda.nowNs() + SECOND);
        }
    }

    private void runUntil(long endNs) {
        while (!root.ended() && agenda.runNext(endNs)) {
            invariants.owners.onMoment(segments);
        }
    }

    private void planRootDeath() {
        if (faults.strikes(draws, faults.rootDeath * 0.5)) {
            agenda.in(draws.ns(0, CHAOS_NS), () -> {
                if (!faults.over && !root.ended()) {
                    root.die();
                }
            });
        }
    }

    private void planOperators() {
        if (faults.operator > 0) {
            int count = (int) (draws.between(1, 60) * faults.operator) + 1;
            for (int i = 0; i < count; i++) {
                agenda.in(draws.ns(0, CHAOS_NS), this::operate);
            }
        }
        if (faults.strikes(draws, faults.shutdown)) {
            long atNs = draws.ns(0, CHAOS_NS);
            agenda.in(atNs, () -> root.post(new Event.ShutdownRequested(++lastRequest, agenda.nowNs())));
            if (draws.chance(0.5)) {
                agenda.in(
                        atNs + draws.ns(0, SECOND),
                        () -> root.post(new Event.ShutdownRequested(Event.NO_REQUEST, agenda.nowNs())));
            }
        }
    }

    private void planReloads() {
        if (faults.reload > 0) {
            int count = (int) (stageDraws.between(1, 8) * faults.reload) + 1;
            for (int i = 0; i < count; i++) {
                agenda.in(stageDraws.ns(0, CHAOS_NS), this::reload);
            }
        }
    }

    /** Some children are to be started in another way now; now and then two reloads follow at once, and then none changes. */
    private void reload() {
        for (int i = 0; i < specs.size(); i++) {
            if (stageDraws.chance(0.4)) {
                specs.set(i, RandomSpecs.launchedAs(specs.get(i), stageDraws.between(1, 3)));
            }
            if (specs.get(i).standbys() > 0 && standbyDraws.chance(0.3)) {
                specs.set(i, RandomSpecs.withStandbys(specs.get(i), standbyDraws.between(1, ChildSpec.MAX_STANDBYS)));
            }
        }
        root.post(new Event.Replanned(specs, Collections.nCopies(specs.size(), 0L), agenda.nowNs()));
    }

    /** An operator types one command, or a burst of them at the same child. */
    private void operate() {
        operate(draws.between(0, specs.size() - 1));
    }

    /** The worst moment: the child was spawned just now. */
    void perhapsOperate(int child) {
        if (faults.strikes(draws, faults.operator * 0.1)) {
            operate(child);
        }
    }

    private void operate(int child) {
        int burst = draws.chance(0.3) ? draws.between(2, 5) : 1;
        for (int i = 0; i < burst; i++) {
            long nowNs = agenda.nowNs();
            long request = ++lastRequest;
            root.post(
                    switch (draws.between(0, 5)) {
                        case 0, 1 -> new Event.StopRequested(child, request, nowNs);
                        case 2 -> new Event.StartRequested(child, request, nowNs);
                        case 3 -> new Event.RestartRequested(child, request, nowNs);
                        case 4 -> new Event.KillRequested(child, "KILL", 9, request, nowNs);
                        default ->
                            draws.chance(0.5)
                                    ? new Event.KillRequested(child, "TERM", 15, request, nowNs)
                                    : new Event.KillRequested(child, "SEGV", 11, request, nowNs);
                    });
        }
    }

    void commit(SupervisorState state) {
        committed = state;
        invariants.books.onCommitted();
    }

    SimulatedRoot root() {
        return root;
    }

    /** A fresh root comes, and adopts what the dead one had recorded. */
    void rootDied() {
        invariants.onRootDeath();
        agenda.in(draws.ns(10 * MS, draws.oneOf(500 * MS, 10 * SECOND)), this::adopt);
    }

    private void adopt() {
        long nowNs = agenda.nowNs();
        SupervisorState recorded = committed;
        boolean endWasAsked =
                recorded.phase() == SupervisorState.Phase.STOPPING || recorded.phase() == SupervisorState.Phase.DONE;
        SupervisorState resumed = SupervisorState.resumed(
                specs, recorded.children(), Collections.nCopies(specs.size(), 0L), endWasAsked, nowNs);
        invariants.onAdoption(recorded, resumed, endWasAsked);
        root = new SimulatedRoot(this, resumed);
        commit(resumed);
        for (ChildState child : resumed.children()) {
            if (child.hasProcess()) {
                root.find(child, processes.get(child.spec().index()));
            }
            root.findStandbys(child, processes.get(child.spec().index()));
        }
        root.post(new Event.Begin(nowNs));
    }

    SimulatedProcess spawn(Command.Spawn command, ChildSpec spec) {
        List<SimulatedProcess> ofChild = processes.get(command.child());
        ofChild.removeIf(process -> !process.live());
        SimulatedProcess process = new SimulatedProcess(this, spec, command.incarnation(), ++lastPid);
        ofChild.add(process);
        return process;
    }

    SimulatedProcess spawn(Command.SpawnStandby command, ChildSpec spec) {
        List<SimulatedProcess> ofChild = processes.get(command.child());
        ofChild.removeIf(process -> !process.live() && process.reapable());
        SimulatedProcess process = SimulatedProcess.standby(this, spec, command.standby(), ++lastPid);
        ofChild.add(process);
        return process;
    }

    /** How many wait that were started as the manifest says now. */
    int parkedAsPlanned(ChildState child) {
        int count = 0;
        for (Standby standby : child.standbys().standbys()) {
            count += standby.phase() == Standby.Phase.PARKED
                            && standby.launchedAs()
                                    == specs.get(child.spec().index()).launch()
                    ? 1
                    : 0;
        }
        return count;
    }

    /** Whether what runs was started as the manifest says now. */
    boolean runsAsPlanned(int child) {
        return processes.get(child).stream()
                .filter(process -> process.live() && process.released())
                .allMatch(process -> process.spec.launch() == specs.get(child).launch());
    }

    int liveReleased(int child) {
        int count = 0;
        for (SimulatedProcess process : processes.get(child)) {
            if (process.live() && process.released()) {
                count++;
            }
        }
        return count;
    }

    /** But for those that a dead root had not recorded: they were never released, own nothing, and end by themselves. */
    private List<Integer> livePids() {
        List<Integer> pids = new ArrayList<>();
        for (List<SimulatedProcess> ofChild : processes) {
            for (SimulatedProcess process : ofChild) {
                if (process.live() && (process.released() || process.waitsForEver())) {
                    pids.add(process.pid);
                }
            }
        }
        return pids;
    }

    SimulatedSegment segment(int child) {
        return segments.get(child);
    }

    boolean finite(ChildSpec spec) {
        return finite[spec.index()];
    }

    long work(ChildSpec spec) {
        return work[spec.index()];
    }
}
