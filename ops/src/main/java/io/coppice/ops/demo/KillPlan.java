package io.coppice.ops.demo;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * When to kill: in which place of the input, and how long after the worker has committed it. Pure; the same seed always
 * gives the same plan. The plan is repeatable, the instant at which a signal hits is not, and need not be.
 *
 * @param kills in the order of their offsets
 */
record KillPlan(List<Kill> kills) {
    /** Longer than several steps of the daemon, so that a kill may hit anywhere in one. */
    static final long LONGEST_DELAY_NS = 3_000_000;

    /**
     * One kill.
     *
     * @param offset of the input; due once the committed position has reached it
     * @param delayNs to wait after that
     */
    record Kill(long offset, long delayNs) {}

    KillPlan {
        kills = List.copyOf(kills);
    }

    /**
     * Spreads kills over an input at random.
     *
     * @param inputLength in bytes; zero or more
     */
    static KillPlan of(long seed, int kills, long inputLength) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] offsets = new long[kills];
        for (int i = 0; i < kills; i++) {
            offsets[i] = inputLength == 0 ? 0 : random.nextLong(inputLength);
        }
        Arrays.sort(offsets);
        return new KillPlan(IntStream.range(0, kills)
                .mapToObj(i -> new Kill(offsets[i], random.nextLong(LONGEST_DELAY_NS + 1)))
                .toList());
    }
}
