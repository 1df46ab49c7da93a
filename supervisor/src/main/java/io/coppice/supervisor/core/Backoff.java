package io.coppice.supervisor.core;

/**
 * How long to wait before a restart: the first restart of a streak is immediate, the second waits {@code initialNs},
 * each later one {@code factor} times longer, up to {@code maxNs}. A streak ends once the child has been ready for
 * {@code resetAfterNs}.
 *
 * @param initialNs zero or more; zero never waits
 * @param factor 1 or more, finite
 * @param maxNs at least {@code initialNs}
 * @param resetAfterNs zero or more; zero: being ready at all ends the streak
 */
public record Backoff(long initialNs, double factor, long maxNs, long resetAfterNs) {
    /** Every restart is immediate. */
    public static final Backoff NONE = new Backoff(0, 1, 0, 0);

    public Backoff {
        if (initialNs < 0 || maxNs < initialNs || resetAfterNs < 0 || !(factor >= 1) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException("backoff: expected 0 <= initialNs <= maxNs, 1 <= factor < infinity, "
                    + "0 <= resetAfterNs; got initialNs " + initialNs + ", factor " + factor + ", maxNs " + maxNs
                    + ", resetAfterNs " + resetAfterNs);
        }
    }

    /**
     * The delay before a restart, in nanoseconds; never overflows.
     *
     * @param restart 1 for the first restart of the streak, 2 for the second, and so on
     */
    public long delayNs(int restart) {
        if (restart <= 1 || initialNs == 0) {
            return 0;
        }
        double delayNs = initialNs * StrictMath.pow(factor, restart - 2);
        return delayNs < maxNs ? (long) delayNs : maxNs;
    }
}
