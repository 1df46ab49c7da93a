package io.coppice.ops.demo;

import java.util.Arrays;
import java.util.Locale;

/** Times from a kill to the first commit of the successor's step, in nanoseconds, in the order of the kills. */
final class RecoveryTimes {
    private long[] timesNs = new long[16];
    private int count;

    void add(long timeNs) {
        if (count == timesNs.length) {
            timesNs = Arrays.copyOf(timesNs, 2 * count);
        }
        timesNs[count++] = timeNs;
    }

    int count() {
        return count;
    }

    /** The smallest time that at least half of them do not exceed; zero if there is none. */
    long p50Ns() {
        long[] sorted = sorted();
        return count == 0 ? 0 : sorted[(count - 1) / 2];
    }

    /** Zero if there is none. */
    long maxNs() {
        long[] sorted = sorted();
        return count == 0 ? 0 : sorted[count - 1];
    }

    private long[] sorted() {
        long[] sorted = Arrays.copyOf(timesNs, count);
        Arrays.sort(sorted);
        return sorted;
    }

    /** {@code 12.3 ms} */
    static String inMs(long timeNs) {
        return String.format(Locale.ROOT, "%.1f ms", timeNs / 1e6);
    }
}
