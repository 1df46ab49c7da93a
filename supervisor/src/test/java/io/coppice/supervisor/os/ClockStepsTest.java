package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;

class ClockStepsTest {
    private static final int CLOCK_MONOTONIC = 1;

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

    /** What heartbeats and deadlines are timed by. Of the two clocks that go on without being set this is the one that does not count a suspension. */
    @Test
    void shouldTimeByTheClockThatStandsStillInASuspension() {
        Pointer time = Kernel.allocate(2 * Long.BYTES);
        long beforeNs = monotonicNs(time);
        long nowNs = System.nanoTime();
        long afterNs = monotonicNs(time);
        assertTrue(beforeNs <= nowNs && nowNs <= afterNs, beforeNs + " " + nowNs + " " + afterNs);
    }

    private static long monotonicNs(Pointer time) {
        assertEquals(0, Kernel.LIBC.clock_gettime(CLOCK_MONOTONIC, time));
        return time.getLong(0) * 1_000_000_000L + time.getLong(Long.BYTES);
    }
}
