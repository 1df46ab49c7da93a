package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Sets this machine's clock, to what it shows: no test for everybody, so it runs only by its name. Needs the right to. */
class ClockSetByHand {
    @Test
    void shouldTellThatTheClockWasSet() throws Exception {
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
