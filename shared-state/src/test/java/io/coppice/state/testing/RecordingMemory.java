package io.coppice.state.testing;

import io.coppice.state.Memory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * Memory on the heap that records every store as one eight-byte word with the value that the word then has, so that the
 * contents after any prefix of the stores can be rebuilt. A bulk store counts as the words it covers. It can also let the
 * writer die at a store. One thread.
 */
public final class RecordingMemory implements Memory {
    /** A store that other stores may pass, within the fences. */
    public static final byte PLAIN = 0;

    /** A store above which no earlier store may sink. */
    public static final byte RELEASE = 1;

    /** No store, but a fence: what is before it stays before. */
    public static final byte FENCE = 2;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private final byte[] bytes;
    private boolean recording;
    private int count;
    private int[] offsets = new int[1024];
    private long[] values = new long[1024];
    private long[] overwritten = new long[1024];
    private byte[] kinds = new byte[1024];
    private long storesUntilCrash = Long.MAX_VALUE;

    /** Zeroed memory. */
    public RecordingMemory(int lengthBytes) {
        this(new byte[lengthBytes]);
    }

    /** Memory over these very bytes. */
    public RecordingMemory(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Forgets what was recorded and records from now on. */
    public void startRecording() {
        recording = true;
        count = 0;
    }

    /** The next store but {@code stores} throws {@link CrashError} instead of being done. */
    public void crashAfter(long stores) {
        storesUntilCrash = stores;
    }

    /** No more crashes. */
    public void surviveFromNow() {
        storesUntilCrash = Long.MAX_VALUE;
    }

    /** Stores and fences recorded. */
    public int recorded() {
        return count;
    }

    /** Kind of the recorded step at an index. */
    public byte kind(int index) {
        return kinds[index];
    }

    /** Offset of the word stored by the recorded step at an index. */
    public int offset(int index) {
        return offsets[index];
    }

    /** Does a recorded step to other bytes. */
    public void replay(int index, byte[] target) {
        if (kinds[index] != FENCE) {
            LONGS.set(target, offsets[index], values[index]);
        }
    }

    /** Does a recorded step to other memory, which records it too. */
    public void replay(int index, RecordingMemory target) {
        if (kinds[index] != FENCE) {
            target.putLong(offsets[index], values[index]);
        }
    }

    /** Takes back all recorded steps but the first {@code steps}, and forgets them. */
    public void undoTo(int steps) {
        while (count > steps) {
            count--;
            if (kinds[count] != FENCE) {
                LONGS.set(bytes, offsets[count], overwritten[count]);
            }
        }
    }

    /** The bytes themselves, not a copy. */
    public byte[] bytes() {
        return bytes;
    }

    /** A copy of the bytes as they are. */
    public byte[] copy() {
        return bytes.clone();
    }

    @Override
    public long lengthBytes() {
        return bytes.length;
    }

    @Override
    public long getLong(long offset) {
        return (long) LONGS.get(bytes, check(offset, Long.BYTES));
    }

    @Override
    public void putLong(long offset, long value) {
        store(check(offset, Long.BYTES), value, PLAIN);
    }

    @Override
    public long getLongAcquire(long offset) {
        return getLong(offset);
    }

    @Override
    public void putLongRelease(long offset, long value) {
        store(check(offset, Long.BYTES), value, RELEASE);
    }

    @Override
    public int getInt(long offset) {
        check(offset, Integer.BYTES);
        byte[] word = wordAt(offset);
        return (int) INTS.get(word, (int) (offset & 7));
    }

    @Override
    public void putInt(long offset, int value) {
        check(offset, Integer.BYTES);
        byte[] word = wordAt(offset);
        INTS.set(word, (int) (offset & 7), value);
        store((int) (offset & -8), (long) LONGS.get(word, 0), PLAIN);
    }

    @Override
    public byte getByte(long offset) {
        return bytes[check(offset, 1)];
    }

    @Override
    public void putByte(long offset, byte value) {
        putBytes(offset, new byte[] {value}, 0, 1);
    }

    @Override
    public void getBytes(long offset, byte[] target, int from, int length) {
        Objects.checkFromIndexSize(offset, (long) length, (long) bytes.length);
        System.arraycopy(bytes, (int) offset, target, from, length);
    }

    @Override
    public void putBytes(long offset, byte[] source, int from, int length) {
        Objects.checkFromIndexSize(from, length, source.length);
        Objects.checkFromIndexSize(offset, (long) length, (long) bytes.length);
        int at = (int) offset;
        int end = at + length;
        while (at < end) {
            int word = at & -8;
            int until = Math.min(end, word + 8);
            byte[] content = wordAt(word);
            System.arraycopy(source, from + at - (int) offset, content, at - word, until - at);
            store(word, (long) LONGS.get(content, 0), PLAIN);
            at = until;
        }
    }

    @Override
    public void releaseFence() {
        record(0, 0, FENCE);
    }

    @Override
    public void loadFence() {
        // Loads are not recorded.
    }

    private byte[] wordAt(long offset) {
        int word = (int) (offset & -8);
        byte[] content = new byte[Long.BYTES];
        System.arraycopy(bytes, word, content, 0, Math.min(Long.BYTES, bytes.length - word));
        return content;
    }

    private void store(int offset, long value, byte kind) {
        if (storesUntilCrash-- <= 0) {
            storesUntilCrash = 0;
            throw new CrashError();
        }
        record(offset, value, kind);
        LONGS.set(bytes, offset, value);
    }

    private void record(int offset, long value, byte kind) {
        if (!recording) {
            return;
        }
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, count * 2);
            values = Arrays.copyOf(values, count * 2);
            kinds = Arrays.copyOf(kinds, count * 2);
            overwritten = Arrays.copyOf(overwritten, count * 2);
        }
        overwritten[count] = kind == FENCE ? 0 : (long) LONGS.get(bytes, offset);
        offsets[count] = offset;
        values[count] = value;
        kinds[count] = kind;
        count++;
    }

    private int check(long offset, int size) {
        if (offset < 0 || offset > bytes.length - size || (offset & (size - 1)) != 0) {
            throw new IndexOutOfBoundsException(
                    "Stray access to " + size + " bytes at offset " + offset + " of " + bytes.length);
        }
        return (int) offset;
    }
}
