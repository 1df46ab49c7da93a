package io.coppice.state;

import java.nio.ByteOrder;
import java.util.Objects;
import net.openhft.chronicle.core.UnsafeMemory;

/**
 * Words in byte arrays, in the byte order of the machine, which is that of segments. Any index at which a whole word lies in the
 * array; another one is an {@link IndexOutOfBoundsException}.
 *
 * <p>Not by a VarHandle of byte arrays: to make one and to use it for the first time takes a fifth of a cold worker's start
 * on JDK 25.
 */
final class NativeWords {
    private static final long BASE = UnsafeMemory.UNSAFE.arrayBaseOffset(byte[].class);
    static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private NativeWords() {}

    private static long at(byte[] bytes, int index, int size) {
        return BASE + Objects.checkFromIndexSize(index, size, bytes.length);
    }

    static long get(byte[] bytes, int index) {
        return UnsafeMemory.unsafeGetLong(bytes, at(bytes, index, Long.BYTES));
    }

    static void put(byte[] bytes, int index, long value) {
        UnsafeMemory.unsafePutLong(bytes, at(bytes, index, Long.BYTES), value);
    }

    static int getInt(byte[] bytes, int index) {
        return UnsafeMemory.unsafeGetInt(bytes, at(bytes, index, Integer.BYTES));
    }

    static void putInt(byte[] bytes, int index, int value) {
        UnsafeMemory.unsafePutInt(bytes, at(bytes, index, Integer.BYTES), value);
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
