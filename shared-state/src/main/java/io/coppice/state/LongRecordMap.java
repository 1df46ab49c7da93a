package io.coppice.state;

import org.jspecify.annotations.Nullable;

/**
 * A map of fixed capacity from longs to records of one layout, in the owner's segment. Owner's thread only; nothing
 * allocates.
 *
 * <p>Records are read and changed in place, through one {@link Record} object that {@link #find}, {@link #put} and
 * {@link #forEach} move to the record of their key. What they return is good until the next call on this map; after a
 * removal it throws until it is moved again. A rollback does not move it: a record that was added since the last commit is
 * then gone, and must not be written to.
 *
 * <p>Changes are undone by a rollback or a crash, and kept by {@link State#commit()}. An operation that throws changed
 * nothing. Iteration order is that of the hash table: the same for the same history, of no meaning otherwise.
 */
public final class LongRecordMap extends Structure {
    private final CommitEngine engine;
    private final String structure;
    private final RecordLayout layout;
    private final LongKeys keys;
    private final RecordSlots slots;

    LongRecordMap(CommitEngine engine, StructureInfo info, RecordLayout layout) {
        this.engine = engine;
        this.structure = info.name();
        this.layout = layout;
        this.keys = new LongKeys(engine, info);
        this.slots = new RecordSlots(engine, info, layout, MapLayout.longKeysLength(info.capacity()));
    }

    /** Receives what a map holds. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * One key and its record.
         *
         * @param record may be read and changed; moved on to the next one
         */
        void visit(long key, Record record);
    }

    /** Bytes of {@link State#freeBytes()} that a map of that size takes. */
    public static long sizeBytes(int capacity, RecordLayout layout) {
        return Align.up(
                Directory.dataOffset(layout.fields().size())
                        + MapLayout.longKeysLength(capacity)
                        + MapLayout.slotsLength(capacity, layout.sizeBytes()),
                ArenaLayout.ALIGNMENT);
    }

    /** Keys present. */
    public int size() {
        return keys.table().size();
    }

    /** Most keys it can hold. */
    public int capacity() {
        return keys.table().capacity();
    }

    /** Layout of every record. */
    public RecordLayout layout() {
        return layout;
    }

    /** Whether a key is present. */
    public boolean contains(long key) {
        return keys.find(key) >= 0;
    }

    /** The record of a key, null if the key is absent. Good until the next call on this map. */
    public @Nullable Record find(long key) {
        long entry = keys.find(key);
        return entry < 0 ? null : slots.record(engine.getLong(entry + MapLayout.ENTRY_VALUE_OFFSET));
    }

    /**
     * The record of a key, added with zeros in all its fields if the key is absent. Good until the next call on this map.
     *
     * @throws CapacityExceededException if the key is absent and the map full
     * @throws UndoLogFullException if the key is absent and the undo log has no room for an entry and a record
     */
    public Record put(long key) {
        long entry = keys.find(key);
        if (entry >= 0) {
            return slots.record(engine.getLong(entry + MapLayout.ENTRY_VALUE_OFFSET));
        }
        keys.table().requireRoom();
        long slot = slots.next();
        long undoBytes = keys.table().undoBytesToAdd() + slots.undoBytesToTake();
        engine.begin(keys.table().data(), undoBytes, structure);
        slots.take(slot);
        keys.add(~entry, key, slot);
        engine.end();
        return slots.record(slot);
    }

    /**
     * Removes a key and its record.
     *
     * @return whether it was present
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public boolean remove(long key) {
        long entry = keys.find(key);
        if (entry < 0) {
            return false;
        }
        long slot = slots.checked(engine.getLong(entry + MapLayout.ENTRY_VALUE_OFFSET));
        engine.begin(keys.table().data(), keys.undoBytesToRemove(entry) + RecordSlots.undoBytesToFree(), structure);
        slots.free(slot);
        keys.remove(entry);
        engine.end();
        slots.leave();
        return true;
    }

    /** Visits every key, in no meaningful order. The visitor must not call this map. */
    public void forEach(Visitor visitor) {
        long places = keys.places();
        for (long place = 0; place < places; place++) {
            long entry = keys.at(place);
            if (entry >= 0) {
                visitor.visit(keys.key(entry), slots.record(engine.getLong(entry + MapLayout.ENTRY_VALUE_OFFSET)));
            }
        }
    }

    @Override
    void detach() {
        keys.table().detach();
        slots.detach();
    }
}
