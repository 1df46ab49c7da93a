package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.TimeUnit;
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

    /** Sets this machine's clock, to what it shows: only where somebody says -Dcoppice.test.sets.clock=true. */
    @Test
    void shouldTellThatTheClockWasSet() throws Exception {
        assumeTrue(Boolean.getBoolean("coppice.test.sets.clock"), "nobody allowed to set the clock");
        try (ClockSteps clock = ClockSteps.listen()) {
            for (int i = 0; i < 2; i++) {
                Process date = new ProcessBuilder("sh", "-c", "date -s \"@$(date +%s.%N)\"")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                assertTrue(date.waitFor(60, TimeUnit.SECONDS));
                assertEquals(0, date.exitValue());
                Watchdog.awaitReadable("the clock", clock.fd());
                assertTrue(clock.drain());
                assertFalse(Watchdog.isReadable(clock.fd()));
            }
        }
    }
}
