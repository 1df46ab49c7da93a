package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** With a clock of the test's own. A suspended machine is met in either way: the clock stood still, or it went on and nobody looked. */
class HeartbeatMonitorTest {
    private static final long MS = 1_000_000;
    private static final long TIMEOUT_NS = 5_000 * MS;
    private static final long PERIOD_NS = 1_000 * MS;
    private static final long HOUR_NS = 3_600_000 * MS;

    private final HeartbeatMonitor monitor = new HeartbeatMonitor(new long[] {TIMEOUT_NS}, 0);
    private long nowNs;

    HeartbeatMonitorTest() {
        monitor.watch(0, 7, nowNs);
    }

    /** One look, that long after the last one, at a counter that stands still. */
    private boolean isHungAfter(long pauseNs) {
        nowNs += pauseNs;
        long countedNs = monitor.beginScan(nowNs);
        assertFalse(monitor.observe(0, 7, countedNs));
        return monitor.isHung(0, monitor.limitNs(0, -1, 0));
    }

    @Test
    void shouldFindHungWhatIsSilentDuringLooksThatWereMade() {
        for (int look = 0; look < 5; look++) {
            assertFalse(isHungAfter(PERIOD_NS));
        }
        assertTrue(isHungAfter(PERIOD_NS));
    }

    /** The clock of this process does not go on in suspension: the next look finds the time of the last one, or hardly more. */
    @Test
    void shouldNotTakeASuspensionForSilenceInWhichTheClockStoodStill() {
        for (int look = 0; look < 100; look++) {
            assertFalse(isHungAfter(0));
        }
        assertEquals(0, monitor.awayNs());
        for (int look = 0; look < 5; look++) {
            assertFalse(isHungAfter(PERIOD_NS));
        }
        assertTrue(isHungAfter(PERIOD_NS), "and that is all that it brings");
    }

    @Test
    void shouldCountAnAbsenceOfItsOwnAsTwoPeriodsAtMostAndTellOfIt() {
        assertFalse(isHungAfter(HOUR_NS));
        assertEquals(HOUR_NS, monitor.awayNs());
        for (int look = 0; look < 3; look++) {
            assertFalse(isHungAfter(PERIOD_NS));
            assertEquals(0, monitor.awayNs());
        }
        assertTrue(isHungAfter(PERIOD_NS), "2 periods of the absence, and 4 more");
    }

    @Test
    void shouldNotBeFooledByAbsencesInARow() {
        assertFalse(isHungAfter(HOUR_NS));
        assertFalse(isHungAfter(HOUR_NS));
        assertTrue(isHungAfter(HOUR_NS), "it was looked at three times, and stood still");
    }
}
