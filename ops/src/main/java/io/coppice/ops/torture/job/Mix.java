package io.coppice.ops.torture.job;

/** A hash of two longs, for seeds and checksums. Pure. */
public final class Mix {
    private Mix() {}

    /** Differs wherever one of them does, but for rare accidents. */
    public static long of(long a, long b) {
        long mixed = (a * 0x9E3779B97F4A7C15L) ^ Long.rotateLeft(b + 0x632BE59BD9B4E019L, 29);
        mixed = (mixed ^ (mixed >>> 31)) * 0xD6E8FEB86659FD93L;
        mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
        return mixed ^ (mixed >>> 32);
    }
}
