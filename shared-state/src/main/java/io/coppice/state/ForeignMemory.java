package io.coppice.state;

import java.util.SplittableRandom;

/**
 * Reads a mapping whose file somebody else may truncate at any moment, and throws {@link SegmentDamagedException} then and
 * there, in the read that faulted.
 *
 * <p>The JVM reports such a fault late ({@link FaultGuard}), and forcing the report after each read would allocate. So all
 * reads are bulk copies to the heap, which stop at the fault; the target's last word is set to a random sentinel before,
 * and only if it is still there (and the JVM did not report at once) is the
 * report forced. Aligned words are copied whole, as Unsafe.copyMemory specifies.
 */
final class ForeignMemory implements Memory {
    private static final long SENTINEL = new SplittableRandom().nextLong();

    private final MappedMemory mapping;
    private final byte[] word = new byte[Long.BYTES];

    ForeignMemory(MappedMemory mapping) {
        this.mapping = mapping;
    }

    @Override
    public long lengthBytes() {
        return mapping.lengthBytes();
    }

    @Override
    public long getLong(long offset) {
        if ((offset & 7) != 0) {
            throw new IndexOutOfBoundsException("Stray access at offset " + offset + ": expected an aligned word.");
        }
        try {
            copyAndDeliver(offset, word, 0, Long.BYTES);
        } catch (InternalError e) {
            throw truncated(e);
        }
        return NativeWords.get(word, 0);
    }

    @Override
    public long getLongAcquire(long offset) {
        long value = getLong(offset);
        mapping.loadFence();
        return value;
    }

    @Override
    public int getInt(long offset) {
        getLong(offset & -8L);
        return NativeWords.getInt(word, (int) (offset & 4));
    }

    @Override
    public byte getByte(long offset) {
        getLong(offset & -8L);
        return word[(int) (offset & 7)];
    }

    @Override
    public void getBytes(long offset, byte[] target, int from, int length) {
        if (length < Long.BYTES) {
            for (int i = 0; i < length; i++) {
                target[from + i] = getByte(offset + i);
            }
            return;
        }
        try {
            copyAndDeliver(offset, target, from, length);
        } catch (InternalError e) {
            throw truncated(e);
        }
    }

    @Override
    public void loadFence() {
        mapping.loadFence();
    }

    @Override
    public void putLong(long offset, long value) {
        throw readOnly();
    }

    @Override
    public void putLongRelease(long offset, long value) {
        throw readOnly();
    }

    @Override
    public void putInt(long offset, int value) {
        throw readOnly();
    }

    @Override
    public void putByte(long offset, byte value) {
        throw readOnly();
    }

    @Override
    public void putBytes(long offset, byte[] source, int from, int length) {
        throw readOnly();
    }

    @Override
    public void releaseFence() {
        throw readOnly();
    }

    /**
     * Copies, and throws InternalError if that faulted. The catch is in the callers, and must be: C1 delivers the report
     * also where it calls the VM to count invocations, at the entry of anything inlined here, and has no handlers for that
     * place; a catch in this method would be passed over. C1 does not inline this method into them, as it has more than 35
     * bytes of code (MaxInlineSize).
     */
    private void copyAndDeliver(long offset, byte[] target, int from, int length) {
        int last = from + length - Long.BYTES;
        NativeWords.put(target, last, SENTINEL);
        mapping.getBytes(offset, target, from, length);
        if (NativeWords.get(target, last) == SENTINEL) {
            FaultGuard.deliverPendingFault();
        }
    }

    private static SegmentDamagedException truncated(InternalError e) {
        return new SegmentDamagedException("The file was truncated while it was mapped.", e);
    }

    private static UnsupportedOperationException readOnly() {
        return new UnsupportedOperationException("A foreign segment is only read; its owner alone writes it.");
    }
}
