package io.coppice.state;

import java.nio.charset.StandardCharsets;

/**
 * A map of fixed capacity from byte strings (any bytes, also none) to longs, in the owner's segment. Owner's thread only.
 * The {@code byte[]} calls neither copy nor allocate; the String ones encode to UTF-8 first.
 *
 * <p>Changes are in place, undone by a rollback or a crash, and kept by {@link State#commit()}. An operation that throws
 * changed nothing. Removal gives back the entry and the key's cells. Iteration order is that of the hash table: the same
 * for the same history, of no meaning otherwise.
 */
public final class StringLongMap extends Structure {
    private final CommitEngine engine;
    private final String structure;
    private final ByteKeys keys;

    StringLongMap(CommitEngine engine, StructureInfo info) {
        this.engine = engine;
        this.structure = info.name();
        this.keys = new ByteKeys(engine, info);
    }

    /** Receives what a map holds. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * One key and its value.
         *
         * @param key holds the key in its first {@code keyLength} bytes; reused for the next one
         */
        void visit(byte[] key, int keyLength, long value);
    }

    /**
     * Bytes of the key pool that a key of that length takes: none up to 8 bytes, else 32 for every 24 bytes beyond the
     * first 8.
     */
    public static long poolBytes(int keyLengthBytes) {
        return (long) MapLayout.cells(keyLengthBytes) * MapLayout.CELL_LENGTH;
    }

    /** Bytes of {@link State#freeBytes()} that a map of those sizes takes. */
    public static long sizeBytes(int capacity, long keyPoolBytes) {
        return Align.up(
                Directory.dataOffset(0) + MapLayout.byteKeysLength(capacity, KeyPool.cellsOf(keyPoolBytes)),
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

    /** Bytes of the key pool that are free; see {@link #poolBytes}. */
    public long freePoolBytes() {
        return keys.freePoolBytes();
    }

    /** The value of a key, or {@code absent}. */
    public long get(byte[] key, int from, int length, long absent) {
        long entry = keys.find(keys.hash(key, from, length), key, from, length);
        return entry < 0 ? absent : engine.getLong(entry + MapLayout.ENTRY_VALUE_OFFSET);
    }

    /** The value of a key, or {@code absent}. */
    public long get(String key, long absent) {
        byte[] bytes = utf8(key);
        return get(bytes, 0, bytes.length, absent);
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

    /**
     * Sets the value of a key, adding the key if it is absent.
     *
     * @throws CapacityExceededException if the key is absent and too long, or the map or its key pool is full
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public void put(byte[] key, int from, int length, long value) {
        long hash = keys.hash(key, from, length);
        long entry = keys.find(hash, key, from, length);
        if (entry >= 0) {
            engine.setLong(entry + MapLayout.ENTRY_VALUE_OFFSET, value);
        } else {
            insert(~entry, hash, key, from, length, value);
        }
    }

    /** Sets the value of a key; see {@link #put(byte[], int, int, long)}. */
    public void put(String key, long value) {
        byte[] bytes = utf8(key);
        put(bytes, 0, bytes.length, value);
    }

    /**
     * Adds to the value of a key, which counts as 0 if it is absent (and is then added), and returns the sum. Wraps around
     * on overflow.
     *
     * @throws CapacityExceededException if the key is absent and too long, or the map or its key pool is full
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public long add(byte[] key, int from, int length, long delta) {
        long hash = keys.hash(key, from, length);
        long entry = keys.find(hash, key, from, length);
        if (entry < 0) {
            insert(~entry, hash, key, from, length, delta);
            return delta;
        }
        long sum = engine.getLong(entry + MapLayout.ENTRY_VALUE_OFFSET) + delta;
        engine.setLong(entry + MapLayout.ENTRY_VALUE_OFFSET, sum);
        return sum;
    }

    /** Adds to the value of a key; see {@link #add(byte[], int, int, long)}. */
    public long add(String key, long delta) {
        byte[] bytes = utf8(key);
        return add(bytes, 0, bytes.length, delta);
    }

    /**
     * Removes a key.
     *
     * @return whether it was present
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public boolean remove(byte[] key, int from, int length) {
        long entry = keys.find(keys.hash(key, from, length), key, from, length);
        if (entry < 0) {
            return false;
        }
        engine.begin(keys.table().data(), keys.undoBytesToRemove(entry), structure);
        keys.remove(entry);
        engine.end();
        return true;
    }

    /** Removes a key; see {@link #remove(byte[], int, int)}. */
    public boolean remove(String key) {
        byte[] bytes = utf8(key);
        return remove(bytes, 0, bytes.length);
    }

    /** Visits every key, in no meaningful order. The visitor must not change the map. Allocates one buffer. */
    public void forEach(Visitor visitor) {
        byte[] key = new byte[64];
        long places = keys.places();
        for (long place = 0; place < places; place++) {
            long entry = keys.at(place);
            if (entry >= 0) {
                key = keys.key(entry, key);
                visitor.visit(key, keys.keyLength(entry), engine.getLong(entry + MapLayout.ENTRY_VALUE_OFFSET));
            }
        }
    }

    @Override
    void detach() {
        keys.table().detach();
    }

    private void insert(long entry, long hash, byte[] key, int from, int length, long value) {
        keys.requireRoom(length);
        engine.begin(keys.table().data(), keys.undoBytesToAdd(length), structure);
        keys.add(entry, hash, key, from, length, value);
        engine.end();
    }

    private static byte[] utf8(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
