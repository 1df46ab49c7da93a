package io.coppice.ops.bench;

import java.util.Arrays;

/** The times of one row, in nanoseconds. One thread. */
final class RowTimes {
    private final String row;
    private final int heapMib;
    private long[] timesNs = new long[64];
    private int count;

    /**
     * @param row what was measured, as it is printed
     * @param heapMib of the JVM that was measured; 0 if it was none
     */
    RowTimes(String row, int heapMib) {
        this.row = row;
        this.heapMib = heapMib;
    }

    String row() {
        return row;
    }

    int heapMib() {
        return heapMib;
    }

    void add(long timeNs) {
        if (count == timesNs.length) {
            timesNs = Arrays.copyOf(timesNs, 2 * count);
        }
        timesNs[count++] = timeNs;
    }

    /** Takes back all that was added. */
    void forget() {
        count = 0;
    }

    int count() {
        return count;
    }

    /** The smallest time that at least that share of them does not exceed, in microseconds; 0 if there is none. */
    double us(int percent) {
        long[] sorted = Arrays.copyOf(timesNs, count);
        Arrays.sort(sorted);
        return Figures.percentile(sorted, percent) / 1e3;
    }
}
