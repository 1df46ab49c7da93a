package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Supervisor;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlans;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.specs.PlanSpecs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceReportTest {
    private static final long NOW_NS = 1_000;

    @Test
    void shouldNameWhatFailed() {
        assertEquals("2 held", statusAfterFailuresOf(2, 0));
        assertEquals("1 held, 1 failed (c0)", statusAfterFailuresOf(2, 1));
        assertEquals("3 failed (c0, c1, c2)", statusAfterFailuresOf(3, 3));
        assertEquals("1 held, 4 failed (c0, c1, c2, …)", statusAfterFailuresOf(5, 4));
    }

    /** Of commands that are started once, of which the first cannot be. */
    private static String statusAfterFailuresOf(int count, int failures) {
        List<ChildPlan> children = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            children.add(RootProcess.command("c" + i, Path.of("/"), "true", 0, Backoff.NONE));
        }
        Plan plan = new Plan(
                "shop", "/shop.yaml", "/a", "/a", NoticeCommand.NONE, List.of(GroupPlan.INSTANCE), List.of(), children);
        SupervisorState state = SupervisorState.initial(PlanSpecs.specs(plan));
        state = Supervisor.step(state, new Event.Begin(NOW_NS)).state();
        for (int i = 0; i < failures; i++) {
            Event failed = new Event.SpawnFailed(i, state.child(i).incarnation(), "no such program", NOW_NS);
            state = Supervisor.step(state, failed).state();
        }
        return ServiceReport.status(state);
    }

    /** What only serves the others is nobody's daemon. */
    @Test
    void shouldTellOfThoseThatAreServed() {
        Plan plan = new Plan(
                "shop",
                "/shop.yaml",
                "/a",
                "/a",
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(
                        RootProcess.command("web", Path.of("/"), "true", 0, Backoff.NONE),
                        ChildPlans.auxiliary("prober").plan()));
        SupervisorState state = SupervisorState.initial(PlanSpecs.specs(plan));
        state = Supervisor.step(state, new Event.Begin(NOW_NS)).state();
        state = Supervisor.step(state, new Event.Spawned(0, 1, 4711, 77, NOW_NS))
                .state();
        assertFalse(ServiceReport.allSettled(state));
        state = Supervisor.step(state, new Event.Released(0, 1, NOW_NS)).state();
        assertTrue(ServiceReport.allSettled(state));
        assertEquals("1 ready", ServiceReport.status(state));
    }
}
