package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.SupervisorState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of one seed: a chaos phase with faults and operators, then a healing phase in which all must converge, then an
 * orderly shutdown. Whenever a root dies, another takes over.
 */
final class Simulation {
    private static final long HANGS_FOUND_NS = 10 * SECOND;
    private static final long HEALING_NS = 180 * SECOND;
    private static final long SHUTDOWN_NS = 120 * SECOND;

    /** For runs that go on until enough has happened. */
    private static final long MOST_CHAOS_NS = 14_400 * SECOND;

    /** Hears what happens, for people. */
    @FunctionalInterface
    interface Listener {
        /**
         * It happened.
         *
         * @param atNs since the first root began
         */
        void told(long atNs, String whom, String what);
    }

    final Agenda agenda = new Agenda();
    final Draws draws;
    final Draws stageDraws;
    final Draws bodyDraws;
    final Draws standbyDraws;
    final Draws latestDraws;
    final Draws endDraws;
    final Draws kindDraws;
    final Draws taskDraws;
    final Faults faults;
    final Services services;
    final SimulatedManifest manifest;
    final SimulatedProcesses processes;
    final Operators operators;
    final Core core;
    final Scenario scenario;
    final Invariants invariants;
    final CrashPoints crashPoints;
    private final List<SimulatedSegment> segments = new ArrayList<>();
    private @Nullable Listener listener;
    private SupervisorState committed;
    private SimulatedRoot root;
    private long startNs;
    private final long[] restarts;
    private int rootDeaths;

    /** The child whose processes crash as soon as they run, -1 for none. */
    int doomed = -1;

    private Simulation(Scenario scenario, RunDraws all, Coverage coverage, CrashPoints crashPoints, Core core) {
        this.scenario = scenario;
        this.crashPoints = crashPoints;
        this.core = core;
        draws = all.main;
        stageDraws = all.stages;
        bodyDraws = all.bodies;
        standbyDraws = all.standbys;
        latestDraws = all.latest;
        endDraws = all.ends;
        kindDraws = all.kinds;
        taskDraws = all.tasks;
        faults = scenario.faults;
        List<ChildSpec> specs = scenario.specs;
        manifest = new SimulatedManifest(this, scenario);
        processes = new SimulatedProcesses(this, specs.size());
        operators = new Operators(this, specs);
        for (int i = 0; i < specs.size(); i++) {
            segments.add(new SimulatedSegment(specs.size()));
        }
        restarts = new long[specs.size()];
        services = new Services(agenda, specs.size());
        invariants = new Invariants(this, scenario.groups, specs, coverage);
        committed = SupervisorState.initial(scenario.groups, specs, Collections.nCopies(specs.size(), 0L));
        root = new SimulatedRoot(this, committed);
    }

    static Simulation of(Scenario.Source source, long seed, Coverage coverage, CrashPoints crashPoints, Core core) {
        RunDraws all = new RunDraws(seed);
        return new Simulation(source.draw(all, crashPoints.areDrawn()), all, coverage, crashPoints, core);
    }

    /** From now on {@code told} hears of each event that a root puts down, and of the deaths of roots. */
    void tell(Listener told) {
        listener = told;
    }

    /** Whether anybody hears it. */
    boolean isToldOf() {
        return listener != null;
    }

    void told(int child, String what) {
        Listener told = listener;
        if (told != null) {
            told.told(
                    agenda.nowNs() - startNs,
                    child < 0 ? "root" : manifest.spec(child).name(),
                    what);
        }
    }

    long steps() {
        return invariants.steps();
    }

    /** Since the first root began. */
    long elapsedNs() {
        return agenda.nowNs() - startNs;
    }

    /** Launches that followed a death, while faults struck. */
    long restarts(int child) {
        return restarts[child];
    }

    /** Of a daemon, its slots, by index. */
    List<Integer> slotsOf(int daemon) {
        List<Integer> slots = new ArrayList<>();
        for (ChildSpec spec : scenario.specs) {
            if (spec.slot() != null && spec.slot().daemon() == daemon) {
                slots.add(spec.index());
            }
        }
        return slots;
    }

    long startNs() {
        return startNs;
    }

    ChildState committedChild(int child) {
        return committed.child(child);
    }

    int rootDeaths() {
        return rootDeaths;
    }

    /**
     * Runs it to its end. Once.
     *
     * @throws Violation if a predicate does not hold
     */
    void run() {
        begin();
        long endNs = startNs + scenario.chaosNs;
        runUntil(endNs);
        while (steps() < scenario.minSteps && endNs < startNs + MOST_CHAOS_NS) {
            if (root.ended()) {
                runAgain();
            }
            operators.stir(committed.children());
            planRootDeath();
            operators.plan();
            manifest.planReloads();
            endNs += scenario.chaosNs;
            runUntil(endNs);
        }
        services.close();
        for (ChildState child : committed.children()) {
            restarts[child.spec().index()] = child.restarts();
        }
        faults.over = true;
        heal();
        if (!root.ended()) {
            invariants.ends.converged(root.alive(), root.state());
            shutDown();
        }
        invariants.ends.ended(root.ended(), processes.livePids());
    }

    /** The first root comes, and faults and people with it. */
    void begin() {
        startNs = agenda.nowNs();
        commit(committed);
        root.post(new Event.Begin(startNs));
        lookAtRequestsAgain();
        planRootDeath();
        operators.plan();
        manifest.planReloads();
        strikeInTime(FaultKind.ROOT_DEATH, () -> root.die());
        strikeInTime(FaultKind.ROOT_STALL, () -> root.stall());
        strikeInTime(FaultKind.OPERATOR, operators::typeSoon);
        strikeInTime(FaultKind.RELOAD, manifest::reload);
    }

    /** As a root does with each look at the heartbeats. */
    private void lookAtRequestsAgain() {
        if (scenario.specs.stream().anyMatch(spec -> spec.slot() != null)) {
            agenda.in(SECOND, () -> {
                root.lookAtRequests();
                lookAtRequestsAgain();
            });
        }
    }

    private void strikeInTime(FaultKind kind, Runnable strike) {
        long afterNs = faults.untilNextNs(kind, latestDraws);
        if (afterNs != Faults.NEVER) {
            agenda.in(afterNs, () -> {
                if (!faults.over && !root.ended()) {
                    strike.run();
                    strikeInTime(kind, strike);
                }
            });
        }
    }

    /** All has completed, or was shut down; somebody starts the instance again. */
    private void runAgain() {
        List<Long> incarnations = new ArrayList<>();
        for (ChildState child : committed.children()) {
            incarnations.add(child.incarnation());
        }
        List<ChildSpec> plan = manifest.plan();
        manifest.recorded(plan);
        SupervisorState again = SupervisorState.initial(scenario.groups, plan, incarnations);
        invariants.onRunAgain(again);
        root = new SimulatedRoot(this, again);
        commit(again);
        root.post(new Event.Begin(agenda.nowNs()));
    }

    /** Asks again whenever a root has died of it: its successor starts everything. */
    private void shutDown() {
        for (int deaths = -1; !root.ended() && deaths < crashPoints.deaths(); deaths++) {
            if (root.alive()) {
                root.post(new Event.ShutdownRequested(Event.NO_REQUEST, agenda.nowNs()));
            }
            runUntil(agenda.nowNs() + SHUTDOWN_NS + manifest.longestWaitNs());
        }
    }

    /** Long enough that every hang is found; then until all have converged, or ought to have. */
    private void heal() {
        long endNs = agenda.nowNs() + HEALING_NS + manifest.longestWaitNs();
        runUntil(agenda.nowNs() + HANGS_FOUND_NS + longestHangNs());
        while (!root.ended()
                && agenda.nowNs() < endNs
                && (!root.alive() || invariants.ends.firstUnsettled(root.state()) != null)) {
            runUntil(agenda.nowNs() + SECOND);
        }
    }

    private long longestHangNs() {
        long longestNs = manifest.longestHangNs();
        return longestNs > HANGS_FOUND_NS ? longestNs : 0;
    }

    void runUntil(long endNs) {
        while (!root.ended() && agenda.runNext(endNs)) {
            invariants.owners.onMoment(segments);
        }
    }

    private void planRootDeath() {
        if (faults.strikes(draws, faults.rootDeath * 0.5)) {
            agenda.in(draws.ns(0, scenario.chaosNs), () -> {
                if (!faults.over && !root.ended()) {
                    root.die();
                }
            });
        }
    }

    /** By index, who owned the segment last that a plan's child has; 0 for none. */
    List<Long> owners(List<ChildSpec> plan) {
        List<Long> owners = new ArrayList<>();
        for (ChildSpec spec : plan) {
            owners.add(spec.hasSegment() ? segments.get(spec.index()).incarnation : 0);
        }
        return owners;
    }

    void commit(SupervisorState state) {
        committed = state;
        invariants.books.onCommitted();
        invariants.together.onCommitted();
    }

    SimulatedRoot root() {
        return root;
    }

    /** A fresh root comes, and adopts what the dead one had recorded. */
    void rootDied(long lastHeardNs) {
        invariants.onRootDeath(lastHeardNs);
        rootDeaths++;
        told(-1, "killed");
        agenda.in(draws.ns(10 * MS, draws.oneOf(500 * MS, 10 * SECOND)), this::adopt);
    }

    private void adopt() {
        boolean asTheLastOne = isGoneOnWithByRecord();
        List<ChildSpec> plan = asTheLastOne ? manifest.onRecord() : manifest.plan();
        if (isAnyLeftover(plan)) {
            agenda.in(10 * MS, this::adopt);
            return;
        }
        told(-1, "another comes");
        long nowNs = agenda.nowNs();
        manifest.recorded(plan);
        SupervisorState recorded = committed;
        List<@Nullable ChildState> states = new ArrayList<>();
        List<Long> incarnations = new ArrayList<>();
        for (ChildState child : recorded.children()) {
            ChildSpec spec = plan.get(child.spec().index());
            states.add(Kinds.same(child.spec(), spec) ? child : null);
            incarnations.add(child.incarnation());
        }
        boolean endWasAsked =
                recorded.phase() == SupervisorState.Phase.STOPPING || recorded.phase() == SupervisorState.Phase.DONE;
        SupervisorState resumed =
                SupervisorState.resumed(recorded.groups(), plan, states, incarnations, endWasAsked, nowNs);
        invariants.onAdoption(recorded, resumed, endWasAsked);
        root = new SimulatedRoot(this, resumed);
        commit(resumed);
        root.takeOver();
        if (asTheLastOne) {
            root.changeTo(manifest.plan());
        }
        root.post(new Event.Begin(nowNs));
        root.lookAtRequests();
    }

    /** Something runs that the manifest does not go on with: whoever comes begins with the plan on record, and reloads. */
    private boolean isGoneOnWithByRecord() {
        List<ChildSpec> plan = manifest.plan();
        for (ChildSpec spec : manifest.onRecord()) {
            ChildState recorded = committed.child(spec.index());
            if (!Kinds.keeps(plan, spec) && recorded.hasProcess() && processes.isAlive(recorded)) {
                return true;
            }
        }
        return false;
    }

    /** Whether standbys are alive of what a plan does not go on with; they are killed, and nothing is started before they are gone. */
    private boolean isAnyLeftover(List<ChildSpec> plan) {
        boolean any = false;
        for (ChildState child : committed.children()) {
            if (!Kinds.same(child.spec(), plan.get(child.spec().index()))) {
                any |= processes.killThoseOnRecord(child);
            }
        }
        return any;
    }

    /** Whether those that are probed are: the child that does it does. */
    boolean isLookedAfter() {
        return scenario.looksAfter == Scenario.NOBODY || services.isServing(scenario.looksAfter);
    }

    SimulatedSegment segment(int child) {
        return segments.get(child);
    }

    boolean finite(ChildSpec spec) {
        return scenario.finite.get(spec.index());
    }

    long work(ChildSpec spec) {
        return scenario.work.get(spec.index());
    }
}
