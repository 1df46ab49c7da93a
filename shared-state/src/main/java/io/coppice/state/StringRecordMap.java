package io.coppice.state;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A map of fixed capacity from byte strings (any bytes, also none) to records of one layout, in the owner's segment.
 * Owner's thread only. The {@code byte[]} calls neither copy nor allocate; the String ones encode to UTF-8 first.
 *
 * <p>Records are read and changed in place, through one {@link Record} object that {@link #find}, {@link #put} and
 * {@link #forEach} move to the record of their key. What they return is good until the next call on this map; after a
 * removal it throws until it is moved again. A rollback does not move it: a record that was added since the last commit is
 * then gone, and must not be written to.
 *
 * <p>Changes are undone by a rollback or a crash, and kept by {@link State#commit()}. An operation that throws changed
 * nothing. Iteration order is that of the hash table: the same for the same history, of no meaning otherwise.
 */
public final class StringRecordMap extends Structure {
    private final CommitEngine engine;
    private final String structure;
    private final RecordLayout layout;
    private final ByteKeys keys;
    private final RecordSlots slots;

    StringRecordMap(CommitEngine engine, StructureInfo info, RecordLayout layout) {
        this.engine = engine;
        this.structure = info.name();
        this.layout = layout;
        this.keys = new ByteKeys(engine, info);
        this.slots = new RecordSlots(engine, info, layout, MapLayout.byteKeysLength(info.capacity(), info.keyCells()));
    }

    /** Receives what a map holds. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * One key and its record.
         *
         * @param key holds the key in its first {@code keyLength} bytes; reused for the next one
         * @param record may be read and changed; moved on to the next one
         */
        void visit(byte[] key, int keyLength, Record record);
    }

    /** Bytes of {@link State#freeBytes()} that a map of those sizes takes; for the pool see {@link StringLongMap#poolBytes}. */
    public static long sizeBytes(int capacity, long keyPoolBytes, RecordLayout layout) {
        return Align.up(
                Directory.dataOffset(layout.fields().size())
                        + MapLayout.byteKeysLength(capacity, KeyPool.cellsOf(keyPoolBytes))
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

    /** Longest key it takes, in bytes. */
    public int maxKeyBytes() {
        return keys.maxKeyBytes();
    }

    /** Bytes of the key pool that are free; see {@link StringLongMap#poolBytes}. */
    public long freePoolBytes() {
        return keys.freePoolBytes();
    }

    /** Layout of every record. */
    public RecordLayout layout() {
        return layout;
    }

    /** Whether a key is present. */
    public boolean contains(byte[] key, int from, int length) {
        return keys.find(keys.hash(key, from, length), key, from, length) >= 0;
    }

    /** Whether a key is present. */
    public boolean contains(String key) {
        byte[] bytes = utf8(key);
        return contains(bytes, 0, bytes.length);
    }

    /** The record of a key, null if the key is absent. Good until the next call on this map. */
    public @Nullable Record find(byte[] key, int from, int length) {
        long entry = keys.find(keys.hash(key, from, length), key, from, length);
        return entry < 0 ? null : slots.record(engine.getLong(entry + MapLayout.ENTRY_VALUE_OFFSET));
    }

    /** The record of a key; see {@link #find(byte[], int, int)}. */
    public @Nullable Record find(String key) {
        byte[] bytes = utf8(key);
        return find(bytes, 0, bytes.length);
    }

    /**
     * The record of a key, added with zeros in all its fields if the key is absent. Good until the next call on this map.
     *
     * @throws CapacityExceededException if the key is absent and too long, or the map or its key pool is full
     * @throws UndoLogFullException if the key is absent and the undo log has no room for an entry, the key and a record
     */
    public Record put(byte[] key, int from, int length) {
        long hash = keys.hash(key, from, length);
        long entry = keys.find(hash, key, from, length);
        if (entry >= 0) {
            return slots.record(engine.getLong(entry + MapLayout.ENTRY_VALUE_OFFSET));
        }
        keys.requireRoom(length);
        long slot = slots.next();
        long undoBytes = keys.undoBytesToAdd(length) + slots.undoBytesToTake();
        engine.begin(keys.table().data(), undoBytes, structure);
        slots.take(slot);
        keys.add(~entry, hash, key, from, length, slot);
        engine.end();
        return slots.record(slot);
    }

    /** The record of a key, added if need be; see {@link #put(byte[], int, int)}. */
    public Record put(String key) {
        byte[] bytes = utf8(key);
        return put(bytes, 0, bytes.length);
    }

    /**
     * Removes a key and its record.
     *
     * @return whether it was present
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public boolean remove(byte[] key, int from, int length) {
        long entry = keys.find(keys.hash(key, from, length), key, from, length);
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

    /** Removes a key; see {@link #remove(byte[], int, int)}. */
    public boolean remove(String key) {
        byte[] bytes = utf8(key);
        return remove(bytes, 0, bytes.length);
    }

    /** Visits every key, in no meaningful order. The visitor must not call this map. Allocates one buffer. */
    public void forEach(Visitor visitor) {
        byte[] key = new byte[64];
        long places = keys.places();
        for (long place = 0; place < places; place++) {
            long entry = keys.at(place);
            if (entry >= 0) {
                key = keys.key(entry, key);
                visitor.visit(
                        key, keys.keyLength(entry), slots.record(engine.getLong(entry + MapLayout.ENTRY_VALUE_OFFSET)));
            }
        }
    }

    @Override
    void detach() {
        keys.table().detach();
        slots.detach();
    }

    private static byte[] utf8(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
