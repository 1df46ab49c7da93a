package io.coppice.state;

/**
 * Bounds-checked words of one segment, native byte order. Offsets are bytes from the start of the segment; eight-byte
 * words must be aligned to 8, four-byte words to 4.
 *
 * <p>Production has one implementation, a mapping of the segment's file. Tests put a recorder in its place, which is how
 * every crash point of the engine is tried on the production code. Implementations are not thread-safe beyond what each
 * method's ordering says, and throw {@link IndexOutOfBoundsException} for any byte outside the segment, so that a stray
 * offset never reaches a neighbouring mapping.
 */
public interface Memory {
    /** Length of the segment in bytes; 0 once closed, so that any later access throws. */
    long lengthBytes();

    /** Plain read of an aligned word. */
    long getLong(long offset);

    /** Plain write of an aligned word. */
    void putLong(long offset, long value);

    /** Plain writes of three aligned words in a row, in any order: as many calls of {@link #putLong}, checked together. */
    default void putLongs(long offset, long first, long second, long third) {
        putLong(offset, first);
        putLong(offset + Long.BYTES, second);
        putLong(offset + 2 * Long.BYTES, third);
    }

    /** Read after which no later access may be reordered above it. */
    long getLongAcquire(long offset);

    /** Write above which no earlier access may sink. Says nothing of later ones: see {@link #releaseFence()}. */
    void putLongRelease(long offset, long value);

    /** Plain read of an aligned four-byte word. */
    int getInt(long offset);

    /** Plain write of an aligned four-byte word. */
    void putInt(long offset, int value);

    /** Plain read of a byte. */
    byte getByte(long offset);

    /** Plain write of a byte. */
    void putByte(long offset, byte value);

    /** Bulk read; a concurrent write may be seen in part. */
    void getBytes(long offset, byte[] target, int from, int length);

    /** Bulk write in any order; a crash may leave any part of it done. */
    void putBytes(long offset, byte[] source, int from, int length);

    /** No load or store above it may sink below any store that follows it. */
    void releaseFence();

    /** No load above it may sink below any load or store that follows it. */
    void loadFence();
}
