package io.coppice.state;

/**
 * One comparison that tells whether an offset is that of an aligned eight-byte word within a length, where three would do:
 * not negative, not beyond the end, aligned. A one-word commit has six such checks.
 *
 * <p>Rotated right by 3 bits, an offset that is negative or not aligned has one of its 4 highest bits set, and any other is
 * the word's number. So both are too large as unsigned numbers if they are not below the number of words. Unsigned numbers
 * compare as signed ones do once {@link Long#MIN_VALUE} was added to both; a bound has it added already.
 */
final class WordBounds {
    private WordBounds() {}

    /** The bound of a length in bytes, 0 or more; a word that is in it in part only is outside. */
    static long of(long lengthBytes) {
        return (lengthBytes >>> 3) + Long.MIN_VALUE;
    }

    static boolean isOutside(long offset, long bound) {
        return Long.rotateRight(offset, 3) + Long.MIN_VALUE >= bound;
    }
}
