package io.coppice.supervisor.os;

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
}
