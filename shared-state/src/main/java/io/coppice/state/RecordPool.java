package io.coppice.state;

/**
 * A pool of records of one layout in the owner's segment: acquired, found again by a handle, released. Its capacity is bounded
 * and declared; with capacity 1 there is one object at a time, and with 0 the pool is disabled and refuses everyone. Owner's
 * thread only; nothing here allocates.
 *
 * <p>Changes are in place, undone by a rollback or a crash, and kept by {@link State#commit()}. An operation that throws
 * changed nothing.
 *
 * <p>A handle is a number that stays valid until its record is released, also for successors of this process, so it may be
 * kept in other structures. One of a released record is refused, although its room is used again: it names the generation
 * of the slot. A handle is part of the step that acquired it: if that is rolled back, the next acquire may return the same.
 *
 * <p>The records handed out are one window on the pool's memory, good until the next {@link #get}.
 */
public final class RecordPool extends Structure {
    /** What {@link #tryAcquire()} returns when there is no record left; no handle is 0. */
    public static final long NONE = 0;

    private final CommitEngine engine;
    private final String structure;
    private final RecordLayout layout;
    private final int capacity;
    private final int recordBytes;
    private final int slotBits;
    private final Record found;
    private final Record visited;
    private long data;

    RecordPool(CommitEngine engine, RecordLayout layout, StructureInfo info) {
        this.engine = engine;
        this.structure = info.name();
        this.layout = layout;
        this.capacity = info.capacity();
        this.recordBytes = info.recordBytes();
        this.slotBits = PoolLayout.slotBits(capacity);
        this.data = info.offsetBytes();
        this.found = new Record(engine, structure, layout, DETACHED, false);
        this.visited = new Record(engine, structure, layout, DETACHED, false);
    }

    /** Receives what a pool holds. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * One record in use.
         *
         * @param record the same object each time
         */
        void visit(long handle, Record record);
    }

    /** Bytes of {@link State#freeBytes()} that a pool of that layout and capacity takes. */
    public static long sizeBytes(RecordLayout layout, int capacity) {
        return Align.up(
                Directory.dataOffset(layout.fields().size()) + PoolLayout.dataLength(capacity, layout.sizeBytes()),
                ArenaLayout.ALIGNMENT);
    }

    /** Layout of every record. */
    public RecordLayout layout() {
        return layout;
    }

    /** Records in use. */
    public int inUse() {
        long inUse = engine.getLong(data + PoolLayout.IN_USE_OFFSET);
        if (inUse < 0 || inUse > capacity) {
            throw damaged(inUse + " records are in use");
        }
        return (int) inUse;
    }

    /** Most records that can be in use; 0 for a pool that is disabled. */
    public int capacity() {
        return capacity;
    }

    /**
     * Takes a record of zeros into use.
     *
     * @return its handle, 1 or more
     * @throws CapacityExceededException if all are in use, or the pool is disabled
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public long acquire() {
        long handle = tryAcquire();
        if (handle == NONE) {
            throw new CapacityExceededException("Pool " + structure + " of segment " + engine.segment()
                    + (capacity == 0
                            ? " is disabled: its capacity is 0."
                            : " is exhausted: all of its capacity of " + capacity
                                    + " records are in use. Release some.")
                    + " Or declare a larger capacity, and raise " + CapacityExceededException.STATE_FOR_LAYOUT);
        }
        return handle;
    }

    /**
     * Takes a record of zeros into use.
     *
     * @return its handle, 1 or more; {@link #NONE} if all are in use, or the pool is disabled
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public long tryAcquire() {
        int inUse = inUse();
        if (inUse == capacity) {
            return NONE;
        }
        long fresh = engine.getLong(data + PoolLayout.FRESH_SLOTS_OFFSET);
        long head = engine.getLong(data + PoolLayout.FREE_HEAD_OFFSET);
        if (fresh < 0 || fresh > capacity || head < 0 || head > fresh || (head == 0 && fresh == capacity)) {
            throw damaged(fresh + " slots were used, and the first free one of them is " + head);
        }
        long slot = head == 0 ? fresh : head - 1;
        long at = PoolLayout.slotOffset(data, slot, recordBytes);
        long generation = nextGeneration(engine.getLong(at + PoolLayout.GENERATION_OFFSET));
        long link = engine.getLong(at + PoolLayout.LINK_OFFSET);
        if (link < 0 || link > fresh) {
            throw damaged("slot " + slot + " is free and linked to " + link);
        }
        long words = PoolLayout.slotLength(recordBytes) >> 3;
        engine.begin(data, UndoLayout.entryBytes(words) + 4L * UndoLayout.ONE_WORD_ENTRY, structure);
        engine.setZero(at, words);
        engine.setLong(at + PoolLayout.GENERATION_OFFSET, generation);
        engine.setLong(at + PoolLayout.LINK_OFFSET, PoolLayout.IN_USE);
        if (head == 0) {
            engine.setLong(data + PoolLayout.FRESH_SLOTS_OFFSET, fresh + 1);
        } else {
            engine.setLong(data + PoolLayout.FREE_HEAD_OFFSET, link);
        }
        engine.setLong(data + PoolLayout.IN_USE_OFFSET, inUse + 1L);
        engine.end();
        return PoolLayout.handle(generation, slot, slotBits);
    }

    /** Whether a handle is that of a record in use. Any number may be asked. */
    public boolean isInUse(long handle) {
        return find(handle) >= 0;
    }

    /**
     * The record of a handle, until the next call.
     *
     * @throws IllegalArgumentException if its record was released, or it never was a handle
     */
    public Record get(long handle) {
        return found.moveTo(findOrThrow(handle) + PoolLayout.RECORD_OFFSET);
    }

    /**
     * Gives a record back. From now on its handle is refused.
     *
     * @throws IllegalArgumentException if it was released before, or never was a handle
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public void release(long handle) {
        long at = findOrThrow(handle);
        long head = engine.getLong(data + PoolLayout.FREE_HEAD_OFFSET);
        int inUse = inUse();
        if (head < 0 || head > capacity || inUse == 0) {
            throw damaged(inUse + " records are in use, and the first free slot is " + head);
        }
        engine.begin(data, 3L * UndoLayout.ONE_WORD_ENTRY, structure);
        engine.setLong(at + PoolLayout.LINK_OFFSET, head);
        engine.setLong(data + PoolLayout.FREE_HEAD_OFFSET, PoolLayout.slot(handle, slotBits) + 1);
        engine.setLong(data + PoolLayout.IN_USE_OFFSET, inUse - 1L);
        engine.end();
    }

    /** Visits every record in use, in the order of their slots. The visitor must not acquire or release. */
    public void forEach(Visitor visitor) {
        long slots = usedSlots();
        for (long slot = 0; slot < slots; slot++) {
            long at = PoolLayout.slotOffset(data, slot, recordBytes);
            if (engine.getLong(at + PoolLayout.LINK_OFFSET) == PoolLayout.IN_USE) {
                long generation = engine.getLong(at + PoolLayout.GENERATION_OFFSET);
                visitor.visit(
                        PoolLayout.handle(generation, slot, slotBits), visited.moveTo(at + PoolLayout.RECORD_OFFSET));
            }
        }
    }

    @Override
    void detach() {
        data = DETACHED;
        found.detach();
        visited.detach();
    }

    /** Where the slot of a record in use lies, negative if the handle is not that of one. */
    private long find(long handle) {
        long slot = PoolLayout.slot(handle, slotBits);
        // The memory first, so that a pool whose creation was rolled back says so.
        if (slot >= usedSlots() || handle <= 0) {
            return -1;
        }
        long at = PoolLayout.slotOffset(data, slot, recordBytes);
        boolean inUse = engine.getLong(at + PoolLayout.GENERATION_OFFSET) == PoolLayout.generation(handle, slotBits)
                && engine.getLong(at + PoolLayout.LINK_OFFSET) == PoolLayout.IN_USE;
        return inUse ? at : -1;
    }

    /** Slots that were in use at least once; the others are zero. */
    private long usedSlots() {
        return Math.min(capacity, engine.getLong(data + PoolLayout.FRESH_SLOTS_OFFSET));
    }

    private long findOrThrow(long handle) {
        long at = find(handle);
        if (at < 0) {
            throw new IllegalArgumentException("Handle " + handle + " of pool " + structure + " in segment "
                    + engine.segment() + " is stale: its record was released, or never acquired.");
        }
        return at;
    }

    private long nextGeneration(long generation) {
        return generation < 0 || generation >= PoolLayout.maxGeneration(slotBits) ? 1 : generation + 1;
    }

    private SegmentDamagedException damaged(String problem) {
        return new SegmentDamagedException("Pool " + structure + " of segment " + engine.segment()
                + " is damaged: it says that " + problem + "; its capacity is " + capacity + ".");
    }
}
