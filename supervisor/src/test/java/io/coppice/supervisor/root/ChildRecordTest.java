package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.root.ResumePoint;
import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootSegment;
import io.coppice.state.root.RootView;
import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.Standby;
import io.coppice.supervisor.core.StartStage;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.core.Supervisor;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlanBuilder;
import io.coppice.supervisor.plan.ChildPlans;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.Poison;
import io.coppice.supervisor.plan.RestartPolicy;
import io.coppice.supervisor.plan.Shutdown;
import io.coppice.supervisor.plan.StartTimeouts;
import io.coppice.supervisor.specs.PlanSpecs;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a root that comes after one that died knows all that it knew. Method: the production core under random events; what
 * the production publisher has stored after each step is read back, and must be the very state.
 */
class ChildRecordTest {
    private static final int STEPS = 20_000;

    @TempDir
    Path base;

    private Path file;

    @BeforeEach
    void create() throws Exception {
        file = base.resolve("root.seg");
        new Reservations().ensure(file, RootSegment.spec("test"));
    }

    private Plan plan() {
        ChildPlan worker = ChildPlans.daemon("worker")
                .argv(List.of("/usr/bin/java", "Main"))
                .workingDirectory(base.toString())
                .checkpoints(2)
                .heartbeatTimeoutMs(3_000)
                .startTimeouts(new StartTimeouts(4_000, 5_000, 6_000))
                .restart(RestartPolicy.ALWAYS)
                .maxRestarts(40)
                .backoff(new Backoff(5, 2, 50, 10_000, 0))
                .poison(new Poison(2, List.of(Poison.Fallback.CHECKPOINT, Poison.Fallback.EMPTY)))
                .standbys(2)
                .shutdown(Shutdown.bySignal("TERM", 500))
                .launch(-7)
                .plan();
        return new Plan(
                "test",
                "/test.yaml",
                base.toString(),
                base.toString(),
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(
                        worker,
                        ChildPlans.slot("worker", 1)
                                .workingDirectory(base.toString())
                                .standbys(1)
                                .plan(),
                        RootProcess.command("web", base, "x", new Dependency("worker", Dependency.Condition.READY)),
                        RootProcess.command("db", base, "x", 3, Backoff.NONE)));
    }

    @Test
    void shouldReadBackEveryStateThatWasStored() throws Exception {
        Plan plan = plan();
        List<ChildSpec> specs = PlanSpecs.specs(plan);
        Set<ChildPhase> met = EnumSet.noneOf(ChildPhase.class);
        EnumSet<Standby.Phase> standbys = EnumSet.noneOf(Standby.Phase.class);
        int assigned = 0;
        int verdicts = 0;
        int kills = 0;
        int fallbacks = 0;
        int discards = 0;
        int overs = 0;
        try (Console console = new Console();
                RootSegment segment = RootSegment.open(file, 42, 1)) {
            for (long seed = 1; seed <= 40; seed++) {
                SplittableRandom random = new SplittableRandom(seed);
                StatusPublisher publisher = new StatusPublisher(segment, console, plan);
                publisher.launched(0, 4711, 815, 162);
                SupervisorState state = SupervisorState.initial(specs);
                publisher.begin(42, new ProcessTable(), state);
                long nowNs = 0;
                for (int i = 0; i < STEPS / 10 && state.phase() != SupervisorState.Phase.DONE; i++) {
                    nowNs += random.nextLong(200_000_000L);
                    Step step = Supervisor.step(state, event(random, state, i, nowNs));
                    publisher.publish(state, step.state(), List.of()); // the events themselves are not looked at
                    state = step.state();
                    for (ChildState child : state.children()) {
                        int index = child.spec().index();
                        ResumePoint point = segment.resume(index).get();
                        assertEquals(
                                child,
                                ChildRecord.read(
                                        segment.child(index),
                                        point,
                                        PreviousLife.standbys(segment, index),
                                        child.spec(),
                                        1),
                                "seed " + seed);
                        assertEquals(index == 0 ? 4711 : 0, point.session());
                        met.add(child.phase());
                        child.standbys().standbys().forEach(standby -> standbys.add(standby.phase()));
                        assigned += child.assigned() ? 1 : 0;
                        verdicts += child.verdict() == ChildState.Verdict.NONE ? 0 : 1;
                        kills += child.operatorKill() == null ? 0 : 1;
                        fallbacks += child.poison().due() == null ? 0 : 1;
                        discards += child.work().discard() && child.work().served() != 0 ? 1 : 0;
                        overs += child.work().over() && child.work().request() != 0 ? 1 : 0;
                    }
                }
            }
        }
        assertEquals(EnumSet.allOf(ChildPhase.class), met);
        assertEquals(EnumSet.allOf(Standby.Phase.class), standbys);
        assertTrue(assigned > 0, "none was assigned");
        assertTrue(discards > 0 && overs > 0, discards + " " + overs);
        assertTrue(verdicts > 0 && kills > 0 && fallbacks > 0, verdicts + " " + kills + " " + fallbacks);
    }

    @Test
    void shouldGuessNothing() throws Exception {
        ChildSpec spec = PlanSpecs.specs(plan()).get(0);
        try (Console console = new Console();
                RootSegment segment = RootSegment.open(file, 42, 1)) {
            assertEquals(
                    null, ChildRecord.read(segment.child(0), segment.resume(0).get(), List.of(), spec, 1));
            new StatusPublisher(segment, console, plan())
                    .begin(42, new ProcessTable(), SupervisorState.initial(PlanSpecs.specs(plan())));
            segment.child(0).pid(77);
            ResumePoint waitingWithAProcess = segment.resume(0).get();
            assertThrows(
                    UnknownRecordException.class,
                    () -> ChildRecord.read(segment.child(0), waitingWithAProcess, List.of(), spec, 1));
            segment.child(0).pid(0);
            ResumePoint point = segment.resume(0).get();
            ResumePoint ofAnotherRelease = new ResumePoint(
                    99,
                    point.sinceNs(),
                    point.deadlineNs(),
                    point.session(),
                    point.stage(),
                    point.stageSinceNs(),
                    point.startNs(),
                    point.recoverNs(),
                    point.migrateNs(),
                    point.stopAsked(),
                    point.restartDue(),
                    point.verdict(),
                    point.killSignal(),
                    point.killAtNs(),
                    point.streak(),
                    point.poisonDeaths(),
                    point.fallbacks(),
                    point.fallbackDue(),
                    point.exitIncarnation(),
                    point.exitAtNs(),
                    point.launchedAs(),
                    point.assigned(),
                    point.pipeInode(),
                    point.lastStandby(),
                    point.refillAtNs(),
                    point.standbyFailures(),
                    point.standbysPutOff(),
                    point.endDue(),
                    point.fate(),
                    point.restartsWith(),
                    point.unhealthy(),
                    point.logStartBytes(),
                    point.served(),
                    point.attempts(),
                    point.workOver(),
                    point.workLeaving(),
                    point.workStopped(),
                    point.failedAtNs());
            UnknownRecordException e = assertThrows(
                    UnknownRecordException.class,
                    () -> ChildRecord.read(segment.child(0), ofAnotherRelease, List.of(), spec, 1));
            assertEquals("worker: phase 99 is out of range", e.getMessage());
        }
    }

    /** One of another kind is another child: what the one before was ordered, and how often it failed, is nothing to it. */
    @Test
    void shouldGoOnWithNoneOfAnotherKind() throws Exception {
        ProcessTable processes = new ProcessTable();
        Plan before = plan(ChildPlans.daemon("a"), ChildPlans.command("b"), ChildPlans.auxiliary("c"));
        try (Console console = new Console();
                RootSegment segment = RootSegment.open(file, 42, 1)) {
            new StatusPublisher(segment, console, before)
                    .begin(42, processes, SupervisorState.initial(PlanSpecs.specs(before)));
            try (RootView view = RootView.open(file)) {
                PreviousLife life = PreviousLife.of(((RootReadResult.Read) view.read()).snapshot(), processes);
                assertEquals("a b c", goneOnWith(life, segment, before));
                Plan anew = plan(ChildPlans.command("a"), ChildPlans.auxiliary("b"), ChildPlans.command("c"));
                assertEquals("- - -", goneOnWith(life, segment, anew));
            }
        }
    }

    private Plan plan(ChildPlanBuilder... children) {
        return new Plan(
                "test",
                "/test.yaml",
                base.toString(),
                base.toString(),
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                Stream.of(children)
                        .map(child -> child.workingDirectory(base.toString()).plan())
                        .toList());
    }

    private static String goneOnWith(PreviousLife life, RootSegment segment, Plan plan) throws Exception {
        return life
                .startingPoint(segment, PlanSpecs.groups(plan), PlanSpecs.specs(plan), List.of(0L, 0L, 0L), true, 1)
                .recorded()
                .stream()
                .map(child -> child == null ? "-" : child.state().spec().name())
                .collect(Collectors.joining(" "));
    }

    /** One that there is, or was. */
    private static long standby(SplittableRandom random, SupervisorState state) {
        List<Standby> standbys = state.child(0).standbys().standbys();
        return standbys.isEmpty()
                ? random.nextLong(5)
                : standbys.get(random.nextInt(standbys.size())).id();
    }

    /** What usually comes next. */
    private static Event onward(ChildState child, int i, long nowNs) {
        int index = child.spec().index();
        for (Standby standby : child.standbys().standbys()) {
            if (standby.phase() == Standby.Phase.SPAWNING) {
                return new Event.StandbySpawned(index, standby.id(), 5000 + i, i + 1L, nowNs);
            } else if (standby.phase() == Standby.Phase.BOOTING) {
                return new Event.StandbyParked(index, standby.id(), nowNs);
            }
        }
        return switch (child.phase()) {
            case SPAWNING -> new Event.Spawned(index, child.incarnation(), 100 + i, i + 1L, nowNs);
            case HELD -> new Event.Released(index, child.incarnation(), nowNs);
            case STARTING -> new Event.BecameReady(index, child.incarnation(), nowNs);
            default -> new Event.RefillDue(false, nowNs);
        };
    }

    private static Event event(SplittableRandom random, SupervisorState state, int i, long nowNs) {
        int child = random.nextInt(4);
        long incarnation = state.child(child).incarnation();
        if (random.nextBoolean()) {
            return onward(state.child(child), i, nowNs);
        }
        return switch (random.nextInt(48)) {
            case 0, 1, 2, 3 -> new Event.Spawned(child, incarnation, 100 + i, i + 1L, nowNs);
            case 4 -> new Event.SpawnFailed(child, incarnation, "no", nowNs);
            case 5, 6, 7 -> new Event.Released(child, incarnation, nowNs);
            case 8, 9, 10 -> new Event.BecameReady(child, incarnation, nowNs);
            case 11, 12, 13, 14 ->
                new Event.Exited(
                        child,
                        incarnation,
                        random.nextBoolean()
                                ? new ExitStatus.Signaled(11, false)
                                : new ExitStatus.Exited(random.nextInt(3)),
                        random.nextBoolean() ? "words" : null,
                        StepProgress.values()[random.nextInt(4)],
                        nowNs);
            case 15, 16 -> new Event.HeartbeatLost(child, incarnation, nowNs);
            case 17, 43 -> new Event.StopRequested(child, i, nowNs);
            case 18, 19, 20 -> new Event.StartRequested(child, i, nowNs);
            case 21 -> new Event.RestartRequested(child, i, nowNs);
            case 22 -> new Event.KillRequested(child, "RTMIN+3", 37, i, nowNs);
            case 23, 24 -> new Event.StageEntered(child, incarnation, StartStage.values()[random.nextInt(3)], nowNs);
            case 25 -> new Event.Begin(nowNs);
            case 47 -> new Event.RootWasAway(random.nextLong(100), nowNs);
            case 44, 45, 46 ->
                new Event.Requested(1, random.nextLong(4), random.nextInt(4) == 0, random.nextBoolean(), nowNs);
            case 30, 31, 32, 33 -> new Event.RefillDue(random.nextInt(4) == 0, nowNs);
            case 34, 35, 36, 37 -> new Event.StandbySpawned(0, standby(random, state), 5000 + i, i + 1L, nowNs);
            case 38 -> new Event.StandbySpawnFailed(0, standby(random, state), "no", nowNs);
            case 39, 40, 41 -> new Event.StandbyParked(0, standby(random, state), nowNs);
            case 42 -> new Event.StandbyExited(0, standby(random, state), new ExitStatus.Signaled(9, false), nowNs);
            default -> new Event.Tick(nowNs);
        };
    }
}
