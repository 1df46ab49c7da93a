package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootSegment;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.RootView;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.core.Supervisor;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlans;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.RestartPolicy;
import io.coppice.supervisor.plan.Shutdown;
import io.coppice.supervisor.specs.PlanSpecs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
    @TempDir
    Path base;

    private Plan plan(int standbys, ChildPlan... more) {
        ChildPlan worker = ChildPlans.daemon("worker")
                .argv(List.of("/usr/bin/java", "Main"))
                .workingDirectory(base.toString())
                .heartbeatTimeoutMs(3_000)
                .restart(RestartPolicy.ALWAYS)
                .maxRestarts(5)
                .standbys(standbys)
                .shutdown(Shutdown.bySignal("TERM", 500))
                .launch(7)
                .plan();
        return new Plan(
                "test",
                "/test.yaml",
                base.toString(),
                base.toString(),
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                Stream.concat(Stream.of(worker), Stream.of(more)).toList());
    }

    private static SupervisorState step(StatusPublisher publisher, SupervisorState state, Event event) {
        Step step = Supervisor.step(state, event);
        publisher.publish(state, step.state(), step.commands());
        return step.state();
    }

    private static RootSnapshot snapshot(RootView view) {
        return ((RootReadResult.Read) view.read()).snapshot();
    }

    @Test
    void shouldLeaveNoTrace() throws Exception {
        Path file = base.resolve("root.seg");
        new Reservations().ensure(file, RootSegment.spec("test"));
        Plan plan = plan(1);
        try (Console console = new Console();
                RootSegment segment = RootSegment.open(file, 42, 1);
                RootView view = RootView.open(file);
                PidFd itself = PidFd.open((int) ProcessHandle.current().pid())) {
            ChildTable children = new ChildTable(plan);
            StatusPublisher publisher = new StatusPublisher(segment, console, plan);
            SupervisorState state = SupervisorState.initial(PlanSpecs.specs(plan));
            publisher.begin(42, new ProcessTable(), state);
            state = step(publisher, state, new Event.Begin(1));
            state = step(publisher, state, new Event.Spawned(0, 1, itself.pid(), 7, 2));
            state = step(publisher, state, new Event.Released(0, 1, 3));
            state = step(publisher, state, new Event.BecameReady(0, 1, 3));
            state = step(publisher, state, new Event.RefillDue(false, 4));
            state = step(publisher, state, new Event.StandbySpawned(0, 1, 4711, 8, 4));
            state = step(publisher, state, new Event.StandbyParked(0, 1, 5));
            children.get(0).pidFd = itself;
            children.get(0).incarnation = 1;
            Rehearsal rehearsal =
                    new Rehearsal(children, publisher, child -> {}, (daemon, slot) -> {}, new ProcessTable());
            RootSnapshot before = snapshot(view);

            assertEquals(Long.MAX_VALUE, rehearsal.nextNs());
            rehearsal.onParked(5);
            int turns = 0;
            for (; rehearsal.nextNs() <= 5; turns++) {
                rehearsal.rehearse(state, 5);
            }

            assertEquals(1_000, rehearsal.deaths());
            assertTrue(turns > 100, "too much in one turn: " + turns);
            assertEquals(before, snapshot(view));
            assertNull(publisher.lastExit(0), "its death was rehearsed, not told");
            step(publisher, state, new Event.Exited(0, 1, new ExitStatus.Exited(3), null, StepProgress.NONE, 6));
            assertEquals(1, snapshot(view).child("worker").orElseThrow().restarts());
            assertEquals(before.commitSequence() + 1, snapshot(view).commitSequence());
            children.get(0).pidFd = null;
        }
    }

    @Test
    void shouldRehearseARequestOnceASlotHasAStandby() throws Exception {
        Path file = base.resolve("root.seg");
        new Reservations().ensure(file, RootSegment.spec("test"));
        Plan plan = plan(
                0,
                ChildPlans.slot("worker", 1)
                        .argv(List.of("/usr/bin/java", "Main"))
                        .workingDirectory(base.toString())
                        .standbys(1)
                        .launch(8)
                        .plan());
        try (Console console = new Console();
                RootSegment segment = RootSegment.open(file, 42, 1);
                RootView view = RootView.open(file)) {
            ChildTable children = new ChildTable(plan);
            StatusPublisher publisher = new StatusPublisher(segment, console, plan);
            SupervisorState state = SupervisorState.initial(PlanSpecs.specs(plan));
            publisher.begin(42, new ProcessTable(), state);
            state = step(publisher, state, new Event.Begin(1));
            state = step(publisher, state, new Event.Spawned(0, 1, 4710, 7, 2));
            state = step(publisher, state, new Event.Released(0, 1, 3));
            state = step(publisher, state, new Event.BecameReady(0, 1, 3));
            state = step(publisher, state, new Event.RefillDue(false, 4));
            state = step(publisher, state, new Event.StandbySpawned(1, 1, 4711, 8, 4));
            List<Integer> looks = new ArrayList<>();
            Rehearsal rehearsal = new Rehearsal(
                    children, publisher, child -> {}, (daemon, slot) -> looks.add(slot), new ProcessTable());
            rehearsal.onParked(5);
            rehearsal.rehearse(state, 5);
            assertEquals(Long.MAX_VALUE, rehearsal.nextNs(), "nothing is parked yet");
            assertEquals(0, rehearsal.requests());

            state = step(publisher, state, new Event.StandbyParked(1, 1, 5));
            RootSnapshot before = snapshot(view);
            rehearsal.onParked(5);
            while (rehearsal.nextNs() <= 5) {
                rehearsal.rehearse(state, 5);
            }

            assertEquals(1_000, rehearsal.requests());
            assertEquals(1_000, looks.size());
            assertEquals(List.of(1), looks.stream().distinct().toList());
            assertEquals(0, rehearsal.deaths());
            assertEquals(before, snapshot(view));
            Step asked = Supervisor.step(state, new Event.Requested(1, 17, false, false, 6));
            assertTrue(
                    asked.commands().stream().anyMatch(command -> command instanceof Command.AssignStandby),
                    asked.commands().toString());
        }
    }

    /** What is due and never done would keep the root from sleeping until the last child is gone. */
    @Test
    void shouldNotBeDueWhileTheInstanceStops() throws Exception {
        Path file = base.resolve("root.seg");
        new Reservations().ensure(file, RootSegment.spec("test"));
        Plan plan = plan(1);
        try (Console console = new Console();
                RootSegment segment = RootSegment.open(file, 42, 1)) {
            ChildTable children = new ChildTable(plan);
            StatusPublisher publisher = new StatusPublisher(segment, console, plan);
            SupervisorState state = SupervisorState.initial(PlanSpecs.specs(plan));
            publisher.begin(42, new ProcessTable(), state);
            state = step(publisher, state, new Event.Begin(1));
            state = step(publisher, state, new Event.Spawned(0, 1, 4712, 7, 2));
            state = step(publisher, state, new Event.BecameReady(0, 1, 3));
            state = step(publisher, state, new Event.RefillDue(false, 4));
            state = step(publisher, state, new Event.StandbySpawned(0, 1, 4711, 8, 4));
            state = step(publisher, state, new Event.StandbyParked(0, 1, 5));
            Rehearsal rehearsal =
                    new Rehearsal(children, publisher, child -> {}, (daemon, slot) -> {}, new ProcessTable());
            rehearsal.onParked(5);
            state = step(publisher, state, new Event.ShutdownRequested(Event.NO_REQUEST, 6));

            rehearsal.rehearse(state, 6);

            assertEquals(Long.MAX_VALUE, rehearsal.nextNs());
            assertEquals(0, rehearsal.deaths());
        }
    }
}
