package io.coppice.supervisor.root;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Times heartbeats with the root's own clock. A heartbeat is a counter in the worker's segment; this class notes when it
 * last saw each counter move and says when one has been silent for too long.
 *
 * <p>A root that was itself stalled, stopped or suspended with its machine must not take its own absence for a worker's:
 * between two looks at most twice the scan period counts as silence, however long the clock says it was. So a worker is
 * found hung only if it was silent during looks that the root really made. What else is no fault of the worker's, its {@link HangJudge}
 * takes off.
 *
 * <p>Duty-cycle thread only; allocates nothing after construction.
 */
final class HeartbeatMonitor {
    /** The longest that one {@code busy(atMost)} is believed: a hostile worker cannot announce that it never returns. */
    static final long MAX_BUSY_MS = 3_600_000;

    private static final long NANOS_PER_MS = 1_000_000;
    private static final long MIN_SCAN_PERIOD_NS = 20 * NANOS_PER_MS;
    private static final long MAX_SCAN_PERIOD_NS = 1_000 * NANOS_PER_MS;

    /** Five looks per timeout: a hang is found at most a fifth of the timeout late. */
    private static final int SCANS_PER_TIMEOUT = 5;

    private final long[] timeoutNs;
    private final long[] lastCount;
    private final HangJudge[] judges;
    private final boolean[] watched;
    private final long scanPeriodNs;
    private long lastScanNs;

    /** Between the last two looks: by the clock, and what counts. */
    private long elapsedNs;

    private long countedNs;

    /** @param timeoutNs by child index; 0 for a child without a heartbeat */
    HeartbeatMonitor(long[] timeoutNs, long nowNs) {
        this.timeoutNs = timeoutNs.clone();
        this.lastCount = new long[timeoutNs.length];
        this.judges = new HangJudge[timeoutNs.length];
        for (int i = 0; i < timeoutNs.length; i++) {
            judges[i] = new HangJudge(timeoutNs[i]);
        }
        this.watched = new boolean[timeoutNs.length];
        long shortestNs = Arrays.stream(timeoutNs).filter(t -> t > 0).min().orElse(0);
        this.scanPeriodNs = shortestNs == 0
                ? 0
                : Math.max(MIN_SCAN_PERIOD_NS, Math.min(MAX_SCAN_PERIOD_NS, shortestNs / SCANS_PER_TIMEOUT));
        this.lastScanNs = nowNs;
    }

    /**
     * The same for another plan.
     *
     * @param from by new index, the old one; -1 for a child that was not there
     */
    HeartbeatMonitor replanned(long[] nextTimeoutNs, int[] from) {
        HeartbeatMonitor next = new HeartbeatMonitor(nextTimeoutNs, lastScanNs);
        for (int i = 0; i < from.length; i++) {
            if (from[i] >= 0 && nextTimeoutNs[i] > 0) {
                next.watched[i] = watched[from[i]];
                next.lastCount[i] = lastCount[from[i]];
                if (nextTimeoutNs[i] == timeoutNs[from[i]]) {
                    next.judges[i] = judges[from[i]];
                }
            }
        }
        return next;
    }

    /** When the next look is due; {@link Long#MAX_VALUE} when no child has a heartbeat to watch. */
    long nextScanNs() {
        if (scanPeriodNs == 0) {
            return Long.MAX_VALUE;
        }
        for (boolean w : watched) {
            if (w) {
                return lastScanNs + scanPeriodNs;
            }
        }
        return Long.MAX_VALUE;
    }

    /**
     * Whether a root that is awake now is to look: after half of the period, as with every {@link Chore}. For two chores of one period
     * one of them is then early enough for the other's turn, whatever their phases are.
     */
    boolean isScanDue(long nowNs) {
        return nowNs >= nextScanNs() - scanPeriodNs / 2;
    }

    /** Begins to watch a child that has just become ready. */
    void watch(int child, long count, long nowNs) {
        if (timeoutNs[child] > 0) {
            if (nextScanNs() == Long.MAX_VALUE) {
                lastScanNs = nowNs;
            }
            watched[child] = true;
            lastCount[child] = count;
            judges[child].onBeat();
        }
    }

    void unwatch(int child) {
        watched[child] = false;
    }

    boolean isWatched(int child) {
        return watched[child];
    }

    /** How much of the time since the last look counts as silence; call once per look, before {@link #observe}. */
    long beginScan(long nowNs) {
        elapsedNs = Math.max(0, nowNs - lastScanNs);
        countedNs = Math.min(elapsedNs, 2 * scanPeriodNs);
        lastScanNs = nowNs;
        return countedNs;
    }

    /** How long the root itself was away between the last two looks; 0 if that would not have made a difference. */
    long awayNs() {
        return elapsedNs > Math.max(SCANS_PER_TIMEOUT * scanPeriodNs, MAX_SCAN_PERIOD_NS) ? elapsedNs : 0;
    }

    /**
     * Takes in what a worker's segment says now. The three words come from memory that the worker writes: any value is
     * possible.
     *
     * @return whether the counter moved since the last look
     */
    boolean observe(int child, long count, long countedNs) {
        if (count != lastCount[child]) {
            lastCount[child] = count;
            judges[child].onBeat();
            return true;
        }
        judges[child].onSilence(countedNs);
        return false;
    }

    /** How long a child may be silent now: its timeout, or the long step that it has announced. */
    long limitNs(int child, long busyAtCount, long busyAtMostMs) {
        long limitNs = timeoutNs[child];
        if (busyAtCount == lastCount[child] && busyAtMostMs > 0) {
            limitNs = Math.max(limitNs, Math.min(busyAtMostMs, MAX_BUSY_MS) * NANOS_PER_MS);
        }
        return limitNs;
    }

    /** Whether it has been silent for more than half of that. */
    boolean isSuspect(int child, long limitNs) {
        return judges[child].isSuspect(limitNs);
    }

    /**
     * Takes in a close look at a suspect.
     *
     * @return whether to ask its JVM for an answer now
     */
    boolean weigh(int child, SuspectReading seen) {
        return judges[child].weigh(seen, countedNs, elapsedNs);
    }

    /** Whether it has been silent for longer than it may, excuses left out. */
    boolean isHung(int child, long limitNs) {
        return judges[child].isHung(limitNs);
    }

    /** See {@link HangJudge#newExcuse}. */
    @Nullable
    String newExcuse(int child, long limitNs) {
        return judges[child].newExcuse(limitNs);
    }

    /** See {@link HangJudge#excuses}. */
    String excuses(int child) {
        return judges[child].excuses();
    }
}
