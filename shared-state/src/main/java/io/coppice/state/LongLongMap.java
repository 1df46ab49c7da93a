package io.coppice.state;

/**
 * A map of fixed capacity from longs to longs, any of either, in the owner's segment. Owner's thread only; nothing
 * allocates.
 *
 * <p>Changes are in place, undone by a rollback or a crash, and kept by {@link State#commit()}. An operation that throws
 * changed nothing. Iteration order is that of the hash table: the same for the same history, of no meaning otherwise.
 */
public final class LongLongMap extends Structure {
    private final CommitEngine engine;
    private final String structure;
    private final LongKeys keys;

    LongLongMap(CommitEngine engine, StructureInfo info) {
        this.engine = engine;
        this.structure = info.name();
        this.keys = new LongKeys(engine, info);
    }

    /** Receives what a map holds. */
    @FunctionalInterface
    public interface Visitor {
        /** One key and its value. */
        void visit(long key, long value);
    }

    /** Bytes of {@link State#freeBytes()} that a map of that size takes. */
    public static long sizeBytes(int capacity) {
        return Align.up(Directory.dataOffset(0) + MapLayout.longKeysLength(capacity), ArenaLayout.ALIGNMENT);
    }

    /** Keys present. */
    public int size() {
        return keys.table().size();
    }

    /** Most keys it can hold. */
    public int capacity() {
        return keys.table().capacity();
    }

    /** The value of a key, or {@code absent}. */
    public long get(long key, long absent) {
        long entry = keys.find(key);
        return entry < 0 ? absent : engine.getLong(entry + MapLayout.ENTRY_VALUE_OFFSET);
    }

    /** Whether a key is present. */
    public boolean contains(long key) {
        return keys.find(key) >= 0;
    }

    /**
     * Sets the value of a key, adding the key if it is absent.
     *
     * @throws CapacityExceededException if the key is absent and the map full
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public void put(long key, long value) {
        long entry = keys.find(key);
        if (entry >= 0) {
            engine.setLong(entry + MapLayout.ENTRY_VALUE_OFFSET, value);
        } else {
            insert(~entry, key, value);
        }
    }

    /**
     * Adds to the value of a key, which counts as 0 if it is absent (and is then added), and returns the sum. Wraps around
     * on overflow.
     *
     * @throws CapacityExceededException if the key is absent and the map full
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public long add(long key, long delta) {
        long entry = keys.find(key);
        if (entry < 0) {
            insert(~entry, key, delta);
            return delta;
        }
        long sum = engine.getLong(entry + MapLayout.ENTRY_VALUE_OFFSET) + delta;
        engine.setLong(entry + MapLayout.ENTRY_VALUE_OFFSET, sum);
        return sum;
    }

    /**
     * Removes a key.
     *
     * @return whether it was present
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public boolean remove(long key) {
        long entry = keys.find(key);
        if (entry < 0) {
            return false;
        }
        engine.begin(keys.table().data(), keys.undoBytesToRemove(entry), structure);
        keys.remove(entry);
        engine.end();
        return true;
    }

    /** Visits every key, in no meaningful order. The visitor must not add or remove keys. */
    public void forEach(Visitor visitor) {
        long places = keys.places();
        for (long place = 0; place < places; place++) {
            long entry = keys.at(place);
            if (entry >= 0) {
                visitor.visit(keys.key(entry), engine.getLong(entry + MapLayout.ENTRY_VALUE_OFFSET));
            }
        }
    }

    @Override
    void detach() {
        keys.table().detach();
    }

    private void insert(long entry, long key, long value) {
        keys.table().requireRoom();
        engine.begin(keys.table().data(), keys.table().undoBytesToAdd(), structure);
        keys.add(entry, key, value);
        engine.end();
    }
}
