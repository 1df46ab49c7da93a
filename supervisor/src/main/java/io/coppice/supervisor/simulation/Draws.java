package io.coppice.supervisor.simulation;

/**
 * Seeded draws, by SplitMix64 (Steele, Lea and Flood, 2014) written out here: a seed must mean the same run on every JDK, and the
 * JDK's own generators promise that of themselves only within a release.
 */
final class Draws {
    static final long MS = 1_000_000L;
    static final long SECOND = 1_000 * MS;
    static final long HOUR = 3_600 * SECOND;

    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    Draws(long seed) {
        state = seed;
    }

    long nextLong() {
        state += GOLDEN_GAMMA;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private int nextInt() {
        state += GOLDEN_GAMMA;
        long z = state;
        z = (z ^ (z >>> 33)) * 0x62a9d9ed799705f5L;
        return (int) (((z ^ (z >>> 28)) * 0xcb24d0a5c88c35b3L) >>> 32);
    }

    /** From 0 up to, and without, 1. */
    double fraction() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    boolean chance(double probability) {
        return fraction() < probability;
    }

    /** Both ends included. */
    int between(int low, int high) {
        return low + below(high - low + 1);
    }

    /** From 0 to {@code bound - 1}, each equally likely. */
    private int below(int bound) {
        int drawn = nextInt();
        int mask = bound - 1;
        if ((bound & mask) == 0) {
            return drawn & mask;
        }
        int positive = drawn >>> 1;
        int rest = positive % bound;
        while (positive + mask - rest < 0) {
            positive = nextInt() >>> 1;
            rest = positive % bound;
        }
        return rest;
    }

    /** Both ends included. */
    long ns(long lowNs, long highNs) {
        long bound = highNs - lowNs + 1;
        long drawn = nextLong();
        long mask = bound - 1;
        if ((bound & mask) == 0) {
            return lowNs + (drawn & mask);
        }
        long positive = drawn >>> 1;
        long rest = positive % bound;
        while (positive + mask - rest < 0) {
            positive = nextLong() >>> 1;
            rest = positive % bound;
        }
        return lowNs + rest;
    }

    /** Until what happens so often an hour, at any time alike, happens next; more than 0, at most a year. */
    long untilNextNs(double perHour) {
        double hours = -StrictMath.log(1 - fraction()) / perHour;
        return 1 + (long) (Math.min(hours, 8_766) * HOUR);
    }

    @SafeVarargs
    final <T> T oneOf(T... values) {
        return values[below(values.length)];
    }
}
