package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Standby;
import io.coppice.supervisor.core.SupervisorState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of one seed: a chaos phase with faults and operators, then a healing phase in which all must converge, then an
 * orderly shutdown.
 */
final class Simulation {
    private static final long HANGS_FOUND_NS = 10 * SECOND;
    private static final long HEALING_NS = 180 * SECOND;
    private static final long SHUTDOWN_NS = 120 * SECOND;

    private static final int MOST_FREE_PIDS = 16;

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
    final Faults faults;
    final Services services;
    final Core core;
    final Scenario scenario;
    final Invariants invariants;
    final CrashPoints crashPoints;
    /** As the manifest is now; the root may not have heard of it yet. */
    private final List<ChildSpec> specs;

    /** What a reload may make of each; see {@link Scenario#others}. */
    private final List<@Nullable ChildSpec> others;

    /** As the root that last took a plan over, or began with one, has written it down. */
    private List<ChildSpec> planOnRecord;

    private final List<SimulatedSegment> segments = new ArrayList<>();
    private final List<List<SimulatedProcess>> processes = new ArrayList<>();
    private final Deque<Integer> freePids = new ArrayDeque<>();
    private @Nullable Listener listener;
    private SupervisorState committed;
    private SimulatedRoot root;
    private long startNs;
    private int lastPid = 100;
    private long spawned;
    private long lastRequest;
    private boolean operatorLurks;
    private final int[] liveReleased;
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
        faults = scenario.faults;
        specs = new ArrayList<>(scenario.specs);
        others = new ArrayList<>(scenario.others);
        planOnRecord = scenario.specs;
        for (int i = 0; i < specs.size(); i++) {
            segments.add(new SimulatedSegment());
            processes.add(new ArrayList<>());
        }
        restarts = new long[specs.size()];
        liveReleased = new int[specs.size()];
        services = new Services(agenda, specs.size());
        invariants = new Invariants(this, scenario.groups, specs, coverage);
        committed = SupervisorState.initial(scenario.groups, List.copyOf(specs), Collections.nCopies(specs.size(), 0L));
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
                    child < 0 ? "root" : specs.get(child).name(),
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
            stir();
            planRootDeath();
            planOperators();
            planReloads();
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
        invariants.ends.ended(root.ended(), livePids());
    }

    /** The first root comes, and faults and people with it. */
    void begin() {
        startNs = agenda.nowNs();
        commit(committed);
        root.post(new Event.Begin(startNs));
        planRootDeath();
        planOperators();
        planReloads();
        strikeInTime(FaultKind.ROOT_DEATH, () -> root.die());
        strikeInTime(FaultKind.ROOT_STALL, () -> root.stall());
        strikeInTime(FaultKind.OPERATOR, this::operateSoon);
        strikeInTime(FaultKind.RELOAD, this::reload);
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

    /** At once, or at the worst moment: when something was spawned just now. */
    private void operateSoon() {
        if (latestDraws.chance(0.5)) {
            operatorLurks = true;
        } else {
            operate();
        }
    }

    /** Where all has given up or works without a fault, nothing happens any more unless somebody sees to it. */
    private void stir() {
        for (ChildState child : committed.children()) {
            int index = child.spec().index();
            if (!child.phase().occupied()) {
                root.post(new Event.StartRequested(index, ++lastRequest, agenda.nowNs()));
            } else if (latestDraws.chance(0.5)) {
                root.post(new Event.RestartRequested(index, ++lastRequest, agenda.nowNs()));
            }
        }
    }

    /** All has completed, or was shut down; somebody starts the instance again. */
    private void runAgain() {
        List<Long> incarnations = new ArrayList<>();
        for (ChildState child : committed.children()) {
            incarnations.add(child.incarnation());
        }
        planOnRecord = List.copyOf(specs);
        SupervisorState again = SupervisorState.initial(scenario.groups, planOnRecord, incarnations);
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
            runUntil(agenda.nowNs() + SHUTDOWN_NS + longestWaitNs());
        }
    }

    /** Long enough that every hang is found; then until all have converged, or ought to have. */
    private void heal() {
        long endNs = agenda.nowNs() + HEALING_NS + longestWaitNs();
        runUntil(agenda.nowNs() + HANGS_FOUND_NS + longestHangNs());
        while (!root.ended()
                && agenda.nowNs() < endNs
                && (!root.alive() || invariants.ends.firstUnsettled(root.state()) != null)) {
            runUntil(agenda.nowNs() + SECOND);
        }
    }

    private long longestHangNs() {
        long longestNs = 0;
        for (ChildSpec spec : specs) {
            longestNs = Math.max(longestNs, 2 * spec.heartbeatTimeoutNs());
        }
        return longestNs > HANGS_FOUND_NS ? longestNs : 0;
    }

    /** What these specs may take to come up or down, one after another, beyond what is usual. */
    private long longestWaitNs() {
        long sumNs = 0;
        for (ChildSpec spec : specs) {
            sumNs += Math.max(0, spec.startTimeouts().startNs() - 10 * SECOND)
                    + Math.max(0, spec.startTimeouts().recoverNs() - 10 * SECOND)
                    + Math.max(0, spec.startTimeouts().migrateNs() - 10 * SECOND)
                    + Math.max(0, spec.shutdownTimeoutNs() - 3 * SECOND)
                    + Math.max(0, spec.heartbeatTimeoutNs() - 3 * SECOND)
                    + Math.max(0, spec.backoff().maxNs() - 3 * SECOND);
        }
        return sumNs;
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

    private void planOperators() {
        if (faults.operator > 0) {
            int count = (int) (draws.between(1, 60) * faults.operator) + 1;
            for (int i = 0; i < count; i++) {
                agenda.in(draws.ns(0, scenario.chaosNs), this::operate);
            }
        }
        if (faults.strikes(draws, faults.shutdown)) {
            long atNs = draws.ns(0, scenario.chaosNs);
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
                agenda.in(stageDraws.ns(0, scenario.chaosNs), this::reload);
            }
        }
    }

    /** Some children are to be started in another way now; now and then two reloads follow at once, and then none changes. */
    private void reload() {
        for (int i = 0; i < specs.size(); i++) {
            if (stageDraws.chance(0.4)) {
                specs.set(i, ChangedSpecs.launchedAs(specs.get(i), stageDraws.between(1, 3)));
            }
            if (scenario.standbysVary && specs.get(i).standbys() > 0 && standbyDraws.chance(0.3)) {
                specs.set(i, ChangedSpecs.withStandbys(specs.get(i), standbyDraws.between(1, ChildSpec.MAX_STANDBYS)));
            }
        }
        if (others.isEmpty()) {
            root.post(
                    new Event.Replanned(specs, Collections.nCopies(specs.size(), 0L), scenario.groups, agenda.nowNs()));
            return;
        }
        for (int i = 0; i < specs.size(); i++) {
            ChildSpec other = others.get(i);
            if (other != null && kindDraws.chance(0.25)) {
                others.set(i, specs.set(i, other));
            }
        }
        askForReload();
    }

    private void askForReload() {
        if (!root.ended() && !root.reload(List.copyOf(specs))) {
            agenda.in(SECOND, this::askForReload);
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

    /** A root has taken another plan over. */
    void planRecorded(List<ChildSpec> plan) {
        planOnRecord = plan;
    }

    /** An operator types one command, or a burst of them at the same child. */
    private void operate() {
        operate(draws.between(0, specs.size() - 1));
    }

    /** The worst moment: the child was spawned just now. */
    void perhapsOperate(int child) {
        if (faults.strikes(draws, faults.operator * 0.1) || (operatorLurks && !faults.over)) {
            operatorLurks = false;
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
        invariants.together.onCommitted();
    }

    SimulatedRoot root() {
        return root;
    }

    List<SimulatedProcess> processesOf(int child) {
        return processes.get(child);
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
        List<ChildSpec> plan = asTheLastOne ? planOnRecord : List.copyOf(specs);
        if (isAnyLeftover(plan)) {
            agenda.in(10 * MS, this::adopt);
            return;
        }
        told(-1, "another comes");
        long nowNs = agenda.nowNs();
        planOnRecord = plan;
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
        for (ChildState child : resumed.children()) {
            if (child.hasProcess()) {
                root.find(child, processes.get(child.spec().index()));
            }
            root.findStandbys(child, processes.get(child.spec().index()));
        }
        if (asTheLastOne) {
            root.changeTo(List.copyOf(specs));
        }
        root.post(new Event.Begin(nowNs));
    }

    /** Something runs that the manifest does not go on with: whoever comes begins with the plan on record, and reloads. */
    private boolean isGoneOnWithByRecord() {
        for (ChildSpec spec : planOnRecord) {
            ChildState recorded = committed.child(spec.index());
            if (!Kinds.keeps(specs, spec)
                    && recorded.hasProcess()
                    && isAlive(recorded.pid(), recorded.startTicks(), spec)) {
                return true;
            }
        }
        return false;
    }

    private boolean isAlive(int pid, long startTicks, ChildSpec spec) {
        for (SimulatedProcess process : processes.get(spec.index())) {
            if (process.pid == pid && process.startTicks == startTicks && process.live()) {
                return true;
            }
        }
        return false;
    }

    /** Whether standbys are alive of what a plan does not go on with; they are killed, and nothing is started before they are gone. */
    private boolean isAnyLeftover(List<ChildSpec> plan) {
        boolean any = false;
        for (ChildState child : committed.children()) {
            for (SimulatedProcess process : processes.get(child.spec().index())) {
                if (!Kinds.same(child.spec(), plan.get(child.spec().index()))
                        && process.live()
                        && isOnRecord(process, child)) {
                    process.signal(9);
                    any = true;
                }
            }
        }
        return any;
    }

    SimulatedProcess spawn(Command.Spawn command, ChildSpec spec) {
        List<SimulatedProcess> ofChild = processes.get(command.child());
        forgetThoseGone(command.child());
        SimulatedProcess process = new SimulatedProcess(this, spec, command.incarnation(), nextPid(), ++spawned);
        ofChild.add(process);
        return process;
    }

    SimulatedProcess spawn(Command.SpawnStandby command, ChildSpec spec) {
        List<SimulatedProcess> ofChild = processes.get(command.child());
        forgetThoseGone(command.child());
        SimulatedProcess process = SimulatedProcess.standby(this, spec, command.standby(), nextPid(), ++spawned);
        ofChild.add(process);
        return process;
    }

    /** A root that comes later looks for each that is on record. */
    private void forgetThoseGone(int child) {
        ChildState recorded = committed.child(child);
        processes.get(child).removeIf(process -> process.reapable() && !isOnRecord(process, recorded));
    }

    private static boolean isOnRecord(SimulatedProcess process, ChildState recorded) {
        if (process.pid == recorded.pid() && process.startTicks == recorded.startTicks()) {
            return true;
        }
        for (Standby standby : recorded.standbys().standbys()) {
            if (process.pid == standby.pid() && process.startTicks == standby.startTicks()) {
                return true;
            }
        }
        return false;
    }

    private int nextPid() {
        if (faults.strikes(latestDraws, faults.pidReuse) && !freePids.isEmpty()) {
            return freePids.removeLast();
        }
        return ++lastPid;
    }

    /** Its number may be given to another. */
    void freePid(int pid) {
        freePids.add(pid);
        if (freePids.size() > MOST_FREE_PIDS) {
            freePids.removeFirst();
        }
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

    /** Whether that is what the manifest says now. */
    boolean isAsPlanned(ChildSpec spec) {
        return spec.equals(specs.get(spec.index()));
    }

    /** Whether those that are probed are: the child that does it does. */
    boolean isLookedAfter() {
        return scenario.looksAfter == Scenario.NOBODY || services.isServing(scenario.looksAfter);
    }

    /** Whether what runs was started as the manifest says now. */
    boolean runsAsPlanned(int child) {
        for (SimulatedProcess process : processes.get(child)) {
            if (process.live()
                    && process.released()
                    && (process.spec.launch() != specs.get(child).launch()
                            || !Kinds.same(process.spec, specs.get(child)))) {
                return false;
            }
        }
        return true;
    }

    /** One more, or less, of its processes lives and was let go. */
    void liveReleasedChanged(int child, int by) {
        liveReleased[child] += by;
    }

    int liveReleased(int child) {
        return liveReleased[child];
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
        return scenario.finite.get(spec.index());
    }

    long work(ChildSpec spec) {
        return scenario.work.get(spec.index());
    }
}
