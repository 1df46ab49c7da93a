package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ClockStepsTest {
    @Test
    void shouldSayNothingWhileNobodySetsTheClock() throws Exception {
        try (ClockSteps clock = ClockSteps.listen()) {
            assertFalse(Watchdog.isReadable(clock.fd()));
            assertFalse(clock.drain());
            assertTrue(Math.abs(clock.stepMs()) < 60_000, "no step, whatever the rate is corrected by");
        }
    }

    @Test
    void shouldTellASuspensionFromTwoClocksThatAreNotReadAtOneInstant() throws Exception {
        try (ClockSteps clock = ClockSteps.listen()) {
            assertEquals(0, clock.suspendedMs());
        }
        assertEquals(0, ClockSteps.suspendedMs(5_000_000_000L, 5_099_999_999L));
        assertEquals(0, ClockSteps.suspendedMs(5_000_000_000L, 4_000_000_000L));
        assertEquals(7_000, ClockSteps.suspendedMs(5_000_000_000L, 12_000_000_000L));
    }
}
