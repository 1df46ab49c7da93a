package io.coppice.state;

import java.util.SplittableRandom;

/** What the tests of damage do to bytes. */
final class Damage {
    private static final long[] HOSTILE = {
        -1, 0, 1, Long.MAX_VALUE, Long.MIN_VALUE, Integer.MAX_VALUE, 1L << 32, 1L << 47, 0xffff, RecordedRun.LENGTH
    };

    private Damage() {}

    /** One flipped bit, or a word of garbage, or a number that is hostile to whoever adds or multiplies it. */
    static void hit(byte[] disk, int at, SplittableRandom random) {
        switch (random.nextInt(4)) {
            case 0 -> disk[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> NativeWords.put(disk, at & -8, random.nextLong());
            case 2 -> NativeWords.put(disk, at & -8, HOSTILE[random.nextInt(HOSTILE.length)]);
            default -> NativeWords.putInt(disk, at & -4, (int) HOSTILE[random.nextInt(HOSTILE.length)]);
        }
    }
}
