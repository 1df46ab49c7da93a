package io.coppice.supervisor.simulation;

import java.util.SplittableRandom;

/** Seeded draws. */
final class Draws {
    static final long MS = 1_000_000L;
    static final long SECOND = 1_000 * MS;

    private final SplittableRandom random;

    Draws(long seed) {
        random = new SplittableRandom(seed);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Both ends included. */
    int between(int low, int high) {
        return random.nextInt(low, high + 1);
    }

    /** Both ends included. */
    long ns(long lowNs, long highNs) {
        return random.nextLong(lowNs, highNs + 1);
    }

    @SafeVarargs
    final <T> T oneOf(T... values) {
        return values[random.nextInt(values.length)];
    }
}
