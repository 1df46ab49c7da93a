package io.coppice.supervisor.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class PlanSuccessionTest {
    private static final ChildPlan DAEMON = ChildPlans.daemon("a").plan();
    private static final ChildPlan SLOT = ChildPlans.slot("a", 1).plan();

    @Test
    void shouldLetSlotsComeAndGo() {
        Plan without = plan(DAEMON);
        Plan with = plan(DAEMON, SLOT);
        assertNull(PlanSuccession.obstacle(without, with));
        assertNull(PlanSuccession.obstacle(with, without));
        assertTrue(PlanSuccession.keeps(with, SLOT));
        assertEquals(false, PlanSuccession.keeps(without, SLOT));
    }

    /** Whoever owns a segment next carries over what it holds. */
    @Test
    void shouldLetSegmentsHaveAnotherSize() {
        ChildPlan larger = DAEMON.toBuilder().stateBytes(2 << 20).checkpoints(2).plan();
        assertNull(PlanSuccession.obstacle(plan(DAEMON), plan(larger, SLOT)));
        assertNull(PlanSuccession.obstacle(plan(larger), plan(DAEMON)));
    }

    private static Plan plan(ChildPlan... children) {
        return new Plan(
                "shop",
                "/m",
                "/d",
                "/s",
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(children));
    }
}
