package io.coppice.supervisor.simulation;

/** How often which length of time was met, exact below 256 ns and to 1 part in 128 above; bounded, whatever is added. */
final class TimesHistogram {
    private static final int BITS = 7;
    private static final int SUB = 1 << BITS;

    private final long[] counts = new long[(Long.SIZE - BITS) * SUB];
    private long total;

    void add(long timeNs) {
        counts[bucket(timeNs)]++;
        total++;
    }

    void add(TimesHistogram other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        total += other.total;
    }

    /** The least time that at least this share of all do not exceed, as the lower end of its bucket; 0 if there are none. */
    long atShare(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * total));
        long sum = 0;
        for (int i = 0; i < counts.length; i++) {
            sum += counts[i];
            if (sum >= rank) {
                return lowerEnd(i);
            }
        }
        return 0;
    }

    static int bucket(long timeNs) {
        if (timeNs < SUB) {
            return (int) Math.max(0, timeNs);
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(timeNs) - BITS;
        return (shift + 1) * SUB + (int) (timeNs >>> shift) - SUB;
    }

    static long lowerEnd(int bucket) {
        if (bucket < SUB) {
            return bucket;
        }
        int shift = bucket / SUB - 1;
        return (long) (bucket % SUB + SUB) << shift;
    }
}
