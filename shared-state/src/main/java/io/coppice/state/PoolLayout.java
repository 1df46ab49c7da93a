package io.coppice.state;

/**
 * Data of an object pool: header, then slots; native byte order, layout version 4. Under commits.
 *
 * <pre>
 *  header, 64 bytes
 *  offset bytes field
 *       0     8 inUse        slots in use, 0 to the capacity
 *       8     8 freshSlots   slots 0 to freshSlots - 1 have been in use at least once; the others are zero
 *      16     8 freeHead     1 + index of the first free slot among those, 0 none
 *      24    40 padding
 *
 *  slot, 16 + recordBytes; one for each of the capacity, none if that is 0
 *       0     8 generation   1 to Long.MAX_VALUE >> slotBits; one more each time the slot is acquired, then 1 again
 *       8     8 link         -1 while in use; else 1 + index of the next free slot, 0 none
 *      16       record       while in use; leftovers while free
 *
 *  handle: generation << slotBits | index of the slot, where slotBits are as many as the largest index needs; never 0 or less
 * </pre>
 *
 * A handle of a released record names a generation that is gone. It would pass again once its slot was acquired another
 * Long.MAX_VALUE >> slotBits times: at ten million a second, after 28 years in a pool of 1,000 records, after four hours in one
 * of 67 million, about the most that a segment holds.
 */
final class PoolLayout {
    static final int IN_USE_OFFSET = 0;
    static final int FRESH_SLOTS_OFFSET = IN_USE_OFFSET + Long.BYTES;
    static final int FREE_HEAD_OFFSET = FRESH_SLOTS_OFFSET + Long.BYTES;
    static final int HEADER_LENGTH = 64;

    static final int GENERATION_OFFSET = 0;
    static final int LINK_OFFSET = GENERATION_OFFSET + Long.BYTES;
    static final int RECORD_OFFSET = LINK_OFFSET + Long.BYTES;

    static final long IN_USE = -1;

    private PoolLayout() {}

    static long dataLength(int capacity, int recordBytes) {
        return HEADER_LENGTH + (long) capacity * slotLength(recordBytes);
    }

    static long slotLength(int recordBytes) {
        return (long) RECORD_OFFSET + recordBytes;
    }

    static long slotOffset(long data, long slot, int recordBytes) {
        return data + HEADER_LENGTH + slot * slotLength(recordBytes);
    }

    static int slotBits(int capacity) {
        return capacity <= 1 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(capacity - 1);
    }

    static long maxGeneration(int slotBits) {
        return Long.MAX_VALUE >>> slotBits;
    }

    static long handle(long generation, long slot, int slotBits) {
        return generation << slotBits | slot;
    }

    static long generation(long handle, int slotBits) {
        return handle >>> slotBits;
    }

    static long slot(long handle, int slotBits) {
        return handle & ((1L << slotBits) - 1);
    }
}
