package io.coppice.state;

/** Rounding to multiples of powers of two. */
final class Align {
    private Align() {}

    static int up(int value, int powerOfTwo) {
        return Math.addExact(value, powerOfTwo - 1) & -powerOfTwo;
    }

    static long up(long value, long powerOfTwo) {
        return Math.addExact(value, powerOfTwo - 1) & -powerOfTwo;
    }
}
