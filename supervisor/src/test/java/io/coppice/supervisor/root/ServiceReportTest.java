package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Supervisor;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
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
        Plan plan = new Plan("shop", "/shop.yaml", "/a", "/a", children);
        SupervisorState state = SupervisorState.initial(PlanSpecs.specs(plan));
        state = Supervisor.step(state, new Event.Begin(NOW_NS)).state();
        for (int i = 0; i < failures; i++) {
            Event failed = new Event.SpawnFailed(i, state.child(i).incarnation(), "no such program", NOW_NS);
            state = Supervisor.step(state, failed).state();
        }
        return ServiceReport.status(state);
    }
}
