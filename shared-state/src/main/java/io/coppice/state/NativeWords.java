package io.coppice.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Words in byte arrays, in the byte order of the machine, which is that of segments. */
final class NativeWords {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private NativeWords() {}

    static long get(byte[] bytes, int index) {
        return (long) LONGS.get(bytes, index);
    }

    static void put(byte[] bytes, int index, long value) {
        LONGS.set(bytes, index, value);
    }

    static int getInt(byte[] bytes, int index) {
        return (int) INTS.get(bytes, index);
    }

    static void putInt(byte[] bytes, int index, int value) {
        INTS.set(bytes, index, value);
    }

    /** The word whose first {@code length} (0 to 8) bytes in memory are those at {@code index}; the rest are zero. */
    static long partial(byte[] bytes, int index, int length) {
        if (length == Long.BYTES) {
            return get(bytes, index);
        }
        long word = 0;
        for (int i = 0; i < length; i++) {
            int shift = LITTLE_ENDIAN ? i << 3 : 56 - (i << 3);
            word |= (bytes[index + i] & 0xffL) << shift;
        }
        return word;
    }

    /** Stores the first {@code length} (0 to 8) bytes in memory of a word. */
    static void putPartial(byte[] bytes, int index, long word, int length) {
        for (int i = 0; i < length; i++) {
            int shift = LITTLE_ENDIAN ? i << 3 : 56 - (i << 3);
            bytes[index + i] = (byte) (word >>> shift);
        }
    }
}
