package io.coppice.ops.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KillPlanTest {
    @Test
    void shouldBeTheSameForTheSameSeedAndAnotherForAnother() {
        assertEquals(KillPlan.of(7, 100, 1 << 20), KillPlan.of(7, 100, 1 << 20));
        assertNotEquals(KillPlan.of(7, 100, 1 << 20), KillPlan.of(8, 100, 1 << 20));
    }

    @Test
    void shouldKillInTheOrderOfTheInputAllOverItAndAfterDifferentDelays() {
        for (long seed = 0; seed < 50; seed++) {
            long length = 1_000_000;
            KillPlan plan = KillPlan.of(seed, 200, length);
            long last = 0;
            Set<Long> tenths = new HashSet<>();
            Set<Long> delays = new HashSet<>();
            for (KillPlan.Kill kill : plan.kills()) {
                assertTrue(kill.offset() >= last && kill.offset() < length, "seed " + seed + " " + kill);
                assertTrue(
                        kill.delayNs() >= 0 && kill.delayNs() <= KillPlan.LONGEST_DELAY_NS,
                        "seed " + seed + " " + kill);
                last = kill.offset();
                tenths.add(kill.offset() * 10 / length);
                delays.add(kill.delayNs());
            }
            assertEquals(10, tenths.size(), "seed " + seed);
            assertTrue(delays.size() > 150, "seed " + seed);
        }
    }

    @Test
    void shouldPlanKillsForInputsOfAnyLength() {
        assertEquals(3, KillPlan.of(1, 3, 0).kills().size());
        assertEquals(3, KillPlan.of(1, 3, 1).kills().size());
        assertEquals(0, KillPlan.of(1, 0, 100).kills().size());
        assertEquals(1, KillPlan.of(1, 1, Long.MAX_VALUE).kills().size());
    }
}
