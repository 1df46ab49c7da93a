package io.coppice.supervisor.core;

/**
 * How long to wait before a restart: the first restart of a streak is immediate, the second waits {@code initialNs},
 * each later one {@code factor} times longer, up to {@code maxNs}. A streak ends once the child has been ready for
 * {@code resetAfterNs}. Each delay is shortened by a random part of at most {@code jitter}, so that what died together does not come
 * back together.
 *
 * @param initialNs zero or more; zero never waits
 * @param factor 1 or more, finite
 * @param maxNs at least {@code initialNs}
 * @param resetAfterNs zero or more; zero: being ready at all ends the streak
 * @param jitter 0 to 1, the largest part of a delay that is left out
 */
public record Backoff(long initialNs, double factor, long maxNs, long resetAfterNs, double jitter) {
    /** Every restart is immediate. */
    public static final Backoff NONE = new Backoff(0, 1, 0, 0, 0);

    public Backoff {
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("backoff: jitter " + jitter + ", expected 0 to 1");
        }
        if (initialNs < 0 || maxNs < initialNs || resetAfterNs < 0 || !(factor >= 1) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException("backoff: expected 0 <= initialNs <= maxNs, 1 <= factor < infinity, "
                    + "0 <= resetAfterNs; got initialNs " + initialNs + ", factor " + factor + ", maxNs " + maxNs
                    + ", resetAfterNs " + resetAfterNs);
        }
    }

    /**
     * The delay before a restart, in nanoseconds, with its jitter; never overflows.
     *
     * @param restart as of {@link #delayNs(int)}
     * @param salt what makes this restart differ from others: the same salt gives the same delay
     */
    public long delayNs(int restart, long salt) {
        long fullNs = delayNs(restart);
        return fullNs - (long) (fullNs * jitter * unitOf(salt));
    }

    /** From 0 to just below 1, evenly: the finalizer of SplitMix64 (Steele, Lea, Flood 2014), upper 53 bits. */
    private static double unitOf(long salt) {
        long z = salt + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return ((z ^ (z >>> 31)) >>> 11) * 0x1.0p-53;
    }

    /**
     * The delay before a restart, in nanoseconds, without jitter; never overflows.
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
