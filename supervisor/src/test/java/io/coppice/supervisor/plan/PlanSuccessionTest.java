package io.coppice.supervisor.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
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

    @Test
    void shouldRefuseAnotherSizeOfASegmentThatMayHoldSomething() {
        ChildPlan larger = SLOT.toBuilder().stateBytes(2 << 20).plan();
        String obstacle = PlanSuccession.obstacle(plan(DAEMON, SLOT), plan(DAEMON, larger));
        assertNotNull(obstacle);
        assertTrue(
                obstacle.startsWith("a@1: its segment holds 1048576 bytes of state and 0 checkpoints, the new manifest"
                        + " wants 2097152 and 0; "),
                obstacle);
    }

    @Test
    void shouldSayThatTheTableOfRequestsCountsInTheDaemonsSegment() {
        ChildPlan larger = DAEMON.toBuilder().stateBytes(2 << 20).plan();
        String obstacle = PlanSuccession.obstacle(plan(DAEMON), plan(larger, SLOT));
        assertNotNull(obstacle);
        assertTrue(
                obstacle.startsWith("a: its segment holds 1048576 bytes of state and 0 checkpoints, the new manifest"
                        + " wants 2097152 and 0 (in which `slots`, `queue`, `input` and `quarantine` of its"
                        + " `transactions` count); a segment cannot"),
                obstacle);
        String plain = PlanSuccession.obstacle(plan(DAEMON), plan(larger));
        assertNotNull(plain);
        assertTrue(plain.contains("wants 2097152 and 0; a segment"), plain);
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
