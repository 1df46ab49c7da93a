package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ChoreTest {
    private static final long SECOND_NS = 1_000_000_000L;

    @Test
    void shouldBeDueFromHalfOfItsPeriodOn() {
        Chore chore = new Chore(SECOND_NS, 10 * SECOND_NS);

        assertFalse(chore.isDue(10 * SECOND_NS - SECOND_NS / 2 - 1));
        assertTrue(chore.isDue(10 * SECOND_NS - SECOND_NS / 2));
        chore.done(10 * SECOND_NS);
        assertEquals(11 * SECOND_NS, chore.nextNs());
        assertFalse(chore.isDue(10 * SECOND_NS));
    }

    @Test
    void shouldNeverBeDueIfThereIsNone() {
        assertEquals(Long.MAX_VALUE, Chore.none().nextNs());
        assertFalse(Chore.none().isDue(Long.MAX_VALUE - 1));
    }

    @Test
    void shouldFallIntoOneTurnWithTheScanOfHeartbeatsWhateverThePhases() {
        for (int phase = 1; phase < 100; phase++) {
            long scanFromNs = SECOND_NS * phase / 100;
            HeartbeatMonitor heartbeats = new HeartbeatMonitor(new long[] {5 * SECOND_NS}, scanFromNs);
            heartbeats.watch(0, 0, scanFromNs);
            Chore orphans = new Chore(SECOND_NS, SECOND_NS);
            Chore ping = new Chore(15 * SECOND_NS, 0);
            int wakeups = 0;
            int scans = 0;
            int pings = 0;
            for (long nowNs = 0; nowNs < 60 * SECOND_NS; wakeups++) {
                nowNs = Math.min(heartbeats.nextScanNs(), Math.min(orphans.nextNs(), ping.nextNs()));
                if (heartbeats.isScanDue(nowNs)) {
                    heartbeats.beginScan(nowNs);
                    scans++;
                }
                if (orphans.isDue(nowNs)) {
                    orphans.done(nowNs);
                }
                if (ping.isDue(nowNs)) {
                    ping.done(nowNs);
                    pings++;
                }
            }

            assertTrue(wakeups <= 63, wakeups + " wakeups in 60 s, phase " + phase);
            assertTrue(scans >= 59, scans + " scans in 60 s, phase " + phase);
            assertTrue(pings >= 4, pings + " pings in 60 s, phase " + phase);
        }
    }
}
