package io.coppice.state;

/**
 * The records of a map, each in a slot that it keeps while entries move: so a removal logs small entries only, however
 * large the records are. Owner's thread only.
 *
 * <p>A slot given back goes into a free list; its link lies before the record, where no field reaches, so that a user who
 * writes to the record of a removed key by a second object harms the contents of that slot at most. It is zeroed when a key
 * gets it.
 */
final class RecordSlots {
    private final CommitEngine engine;
    private final String structure;
    private final int capacity;
    private final long header;
    private final long slots;
    private final int recordBytes;
    private final Record record;

    /** @param slotsOffset where the slots start, from the start of the map's data */
    RecordSlots(CommitEngine engine, StructureInfo info, RecordLayout layout, long slotsOffset) {
        this.engine = engine;
        this.structure = info.name();
        this.capacity = info.capacity();
        this.header = info.offsetBytes();
        this.slots = header + slotsOffset;
        this.recordBytes = info.recordBytes();
        this.record = new Record(engine, structure, layout, Structure.REMOVED, false);
    }

    /** The record that a slot holds: always the same object, moved there. */
    Record record(long slot) {
        record.moveTo(offset(slot) + MapLayout.SLOT_RECORD_OFFSET);
        return record;
    }

    /** The object stands for no record any more. */
    void leave() {
        record.moveTo(Structure.REMOVED);
    }

    void detach() {
        record.detach();
    }

    /** The slot that the next key gets, found and checked before anything is stored. The map is not full. */
    long next() {
        long free = engine.getLong(header + MapLayout.FREE_SLOT_HEAD_OFFSET);
        if (free == 0) {
            return checked(engine.getLong(header + MapLayout.FRESH_SLOTS_OFFSET) + 1);
        }
        long following = link(checked(free));
        if (following < 0 || following > capacity) {
            throw damaged("the free slot " + free + " points to slot " + following);
        }
        return free;
    }

    /** Upper bound of what {@link #take} logs. */
    long undoBytesToTake() {
        return UndoLayout.entryBytes(MapLayout.slotLength(recordBytes) >> 3) + UndoLayout.ONE_WORD_ENTRY;
    }

    /** Takes the slot that {@link #next} told, and zeroes its record. */
    void take(long slot) {
        long following = link(slot);
        if (engine.getLong(header + MapLayout.FREE_SLOT_HEAD_OFFSET) == slot) {
            engine.setLong(header + MapLayout.FREE_SLOT_HEAD_OFFSET, following);
        } else {
            engine.setLong(header + MapLayout.FRESH_SLOTS_OFFSET, slot);
        }
        long start = offset(slot);
        long words = MapLayout.slotLength(recordBytes) >> 3;
        engine.logRange(start, words);
        engine.memory.putLong(start + MapLayout.SLOT_NEXT_OFFSET, MapLayout.SLOT_TAKEN);
        for (long word = 1; word < words; word++) {
            engine.memory.putLong(start + (word << 3), 0);
        }
    }

    /** What {@link #free} logs. */
    static long undoBytesToFree() {
        return 2 * UndoLayout.ONE_WORD_ENTRY;
    }

    /** Gives a slot back. */
    void free(long slot) {
        engine.setLong(
                offset(slot) + MapLayout.SLOT_NEXT_OFFSET, engine.getLong(header + MapLayout.FREE_SLOT_HEAD_OFFSET));
        engine.setLong(header + MapLayout.FREE_SLOT_HEAD_OFFSET, slot);
    }

    /** A slot as an entry tells it. */
    long checked(long slot) {
        if (slot < 1 || slot > capacity) {
            throw damaged("it points to slot " + slot);
        }
        return slot;
    }

    private long link(long slot) {
        return engine.getLong(offset(slot) + MapLayout.SLOT_NEXT_OFFSET);
    }

    private long offset(long slot) {
        return slots + (checked(slot) - 1) * MapLayout.slotLength(recordBytes);
    }

    private SegmentDamagedException damaged(String problem) {
        return new SegmentDamagedException("Map " + structure + " of segment " + engine.segment() + " is damaged: "
                + problem + " of " + capacity + ".");
    }
}
