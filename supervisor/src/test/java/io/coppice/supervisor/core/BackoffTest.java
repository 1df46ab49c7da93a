package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final long MS = Specs.MS;

    @Test
    void shouldRestartAtOnceFirstAndThenDoubleUpToTheCap() {
        Backoff backoff = new Backoff(10 * MS, 2, 100 * MS, 0, 0);
        assertEquals(0, backoff.delayNs(1));
        assertEquals(10 * MS, backoff.delayNs(2));
        assertEquals(20 * MS, backoff.delayNs(3));
        assertEquals(40 * MS, backoff.delayNs(4));
        assertEquals(80 * MS, backoff.delayNs(5));
        assertEquals(100 * MS, backoff.delayNs(6));
        assertEquals(100 * MS, backoff.delayNs(7));
    }

    @Test
    void shouldStayAtTheCapForEveryLaterRestart() {
        Backoff backoff = new Backoff(1, 1e300, Long.MAX_VALUE, 0, 0);
        assertEquals(1, backoff.delayNs(2));
        assertEquals(Long.MAX_VALUE, backoff.delayNs(3));
        assertEquals(Long.MAX_VALUE, backoff.delayNs(Integer.MAX_VALUE));
        Backoff doubling = new Backoff(10 * MS, 2, 10 * Specs.SECOND, 0, 0);
        long previousNs = 0;
        for (int restart = 1; restart < 5_000; restart++) {
            long delayNs = doubling.delayNs(restart);
            assertEquals(true, delayNs >= previousNs && delayNs <= 10 * Specs.SECOND, "restart " + restart);
            previousNs = delayNs;
        }
    }

    @Test
    void shouldWaitTheSameEachTimeWithFactorOne() {
        Backoff backoff = new Backoff(7, 1, 100, 0, 0);
        assertEquals(7, backoff.delayNs(2));
        assertEquals(7, backoff.delayNs(1_000_000));
    }

    @Test
    void shouldNeverWaitWithoutBackoff() {
        assertEquals(0, Backoff.NONE.delayNs(1));
        assertEquals(0, Backoff.NONE.delayNs(2));
        assertEquals(0, Backoff.NONE.delayNs(Integer.MAX_VALUE));
    }

    @Test
    void shouldRefuseNumbersThatMakeNoSense() {
        assertThrows(IllegalArgumentException.class, () -> new Backoff(-1, 2, 10, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Backoff(10, 2, 9, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Backoff(1, 0.5, 10, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Backoff(1, Double.NaN, 10, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Backoff(1, Double.POSITIVE_INFINITY, 10, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Backoff(1, 2, 10, -1, 0));
    }

    /** The mixing is that of the JDK's own SplitMix64, so each delay can be said beforehand. */
    @Test
    void shouldLeaveOutAPartOfADelayAsTheSaltSays() {
        Backoff all = new Backoff(Specs.SECOND, 1, Specs.SECOND, 0, 1);
        Backoff half = new Backoff(Specs.SECOND, 1, Specs.SECOND, 0, 0.5);
        for (long salt : new long[] {0, 1, -1, 31, Long.MAX_VALUE, Long.MIN_VALUE}) {
            double unit = (new SplittableRandom(salt).nextLong() >>> 11) * 0x1.0p-53;
            assertEquals(Specs.SECOND - (long) (Specs.SECOND * unit), all.delayNs(2, salt), "salt " + salt);
            assertEquals(Specs.SECOND - (long) (Specs.SECOND * 0.5 * unit), half.delayNs(2, salt), "salt " + salt);
            assertEquals(0, all.delayNs(1, salt));
        }
    }

    @Test
    void shouldTakeNumbersAtTheirBounds() {
        assertEquals(5, new Backoff(5, 1, 5, 0, 0).delayNs(2, 1));
        assertEquals(0, new Backoff(0, 1, 0, 0, 0).delayNs(2, 1));
        assertThrows(IllegalArgumentException.class, () -> new Backoff(1, 2, 10, 0, -0.1));
        assertThrows(IllegalArgumentException.class, () -> new Backoff(1, 2, 10, 0, 1.1));
    }
}
