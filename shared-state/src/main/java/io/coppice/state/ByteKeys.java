package io.coppice.state;

import java.util.Objects;

/**
 * The keys of a map from byte strings, each with a word: the value, or where it is. Owner's thread only.
 *
 * <p>The first 8 bytes of a key are in its entry, the rest in cells of a {@link KeyPool}.
 */
final class ByteKeys {
    private final CommitEngine engine;
    private final String structure;
    private final EntryTable table;
    private final KeyPool pool;
    private final int maxKeyBytes;
    private final long seed;

    ByteKeys(CommitEngine engine, StructureInfo info) {
        long data = info.offsetBytes();
        this.engine = engine;
        this.structure = info.name();
        this.table = new EntryTable(engine, info, MapLayout.BYTES_ENTRY_LENGTH);
        this.pool = new KeyPool(engine, data, data + MapLayout.cellsOffset(info.capacity()), info.keyCells());
        this.maxKeyBytes = info.maxKeyBytes();
        this.seed = engine.getLong(data + MapLayout.HASH_SEED_OFFSET);
    }

    EntryTable table() {
        return table;
    }

    int maxKeyBytes() {
        return maxKeyBytes;
    }

    long freePoolBytes() {
        return pool.freeCells() * MapLayout.CELL_LENGTH;
    }

    /** Hash of a key whose range is checked first. */
    long hash(byte[] key, int from, int length) {
        Objects.checkFromIndexSize(from, length, key.length);
        return MapLayout.hash(key, from, length, seed);
    }

    /** Offset of the key's entry, or the complement of the offset of the empty one where it would go. */
    long find(long hash, byte[] key, int from, int length) {
        long entry = table.first(hash);
        while (entry >= 0 && !matches(entry, key, from, length)) {
            entry = table.next(hash, entry);
        }
        return entry;
    }

    private boolean matches(long entry, byte[] key, int from, int length) {
        long packed = engine.getLong(entry + MapLayout.ENTRY_KEY_OFFSET);
        int inline = Math.min(length, MapLayout.PREFIX_BYTES);
        if (MapLayout.keyLength(packed) != length
                || engine.getLong(entry + MapLayout.ENTRY_PREFIX_OFFSET) != NativeWords.partial(key, from, inline)) {
            return false;
        }
        return length == inline
                || pool.holds(
                        MapLayout.firstCell(packed), MapLayout.cells(length), key, from + inline, length - inline);
    }

    /**
     * Refuses a key more than the capacity, a key that is too long, or one that the pool cannot hold.
     *
     * @throws CapacityExceededException if so
     */
    void requireRoom(int length) {
        if (length > maxKeyBytes) {
            throw new CapacityExceededException("Map " + structure + " of segment " + engine.segment()
                    + " takes keys of up"
                    + " to " + maxKeyBytes + " bytes, not " + length
                    + ". Declare a larger maxKeyBytes, and raise " + CapacityExceededException.STATE_FOR_LAYOUT);
        }
        table.requireRoom();
        int cells = MapLayout.cells(length);
        if (cells > pool.freeCells()) {
            throw new CapacityExceededException("Key pool of map " + structure + " of segment " + engine.segment()
                    + " is full: a key of " + length + " bytes takes " + (long) cells * MapLayout.CELL_LENGTH
                    + " bytes, "
                    + freePoolBytes() + " of " + pool.cellCount() * MapLayout.CELL_LENGTH
                    + " are free. Declare a larger keyPoolBytes, and raise "
                    + CapacityExceededException.STATE_FOR_LAYOUT);
        }
    }

    /** Upper bound of what {@link #add} logs. */
    long undoBytesToAdd(int length) {
        int cells = MapLayout.cells(length);
        return table.undoBytesToAdd() + (cells == 0 ? 0 : KeyPool.undoBytesToStore(cells));
    }

    /** Fills the empty entry that {@link #find} told; the caller has begun, with {@link #undoBytesToAdd}. */
    void add(long entry, long hash, byte[] key, int from, int length, long value) {
        int cells = MapLayout.cells(length);
        int inline = Math.min(length, MapLayout.PREFIX_BYTES);
        long first = cells == 0 ? 0 : pool.store(key, from + inline, length - inline, cells);
        table.log(entry);
        engine.setLong(entry + MapLayout.ENTRY_HASH_OFFSET, hash);
        engine.setLong(entry + MapLayout.ENTRY_VALUE_OFFSET, value);
        engine.setLong(entry + MapLayout.ENTRY_KEY_OFFSET, MapLayout.packKey(length, first));
        engine.setLong(entry + MapLayout.ENTRY_PREFIX_OFFSET, NativeWords.partial(key, from, inline));
        table.count(1);
    }

    /** Upper bound of what {@link #remove} logs for that entry. */
    long undoBytesToRemove(long entry) {
        return table.undoBytesToRemove(entry) + KeyPool.undoBytesToFree();
    }

    /** Removes an entry that {@link #find} told, and gives back its cells. */
    void remove(long entry) {
        long packed = engine.getLong(entry + MapLayout.ENTRY_KEY_OFFSET);
        int cells = MapLayout.cells(MapLayout.keyLength(packed));
        if (cells > 0) {
            pool.free(MapLayout.firstCell(packed), cells);
        }
        table.remove(entry);
    }

    /** How many places there are to look for keys, for {@link #at}. */
    long places() {
        return table.entries();
    }

    /** Offset of the entry at a place, -1 if it is empty. */
    long at(long place) {
        long entry = table.entry(place);
        return engine.getLong(entry + MapLayout.ENTRY_HASH_OFFSET) == 0 ? -1 : entry;
    }

    /** Length of an entry's key, in bytes. */
    int keyLength(long entry) {
        int length = MapLayout.keyLength(engine.getLong(entry + MapLayout.ENTRY_KEY_OFFSET));
        if (length < 0 || length > maxKeyBytes) {
            throw new SegmentDamagedException("Map " + structure + " of segment " + engine.segment() + " has a key of "
                    + length + " bytes; its maxKeyBytes is " + maxKeyBytes + ".");
        }
        return length;
    }

    /** Copies an entry's key to the start of {@code target}, or of a larger array if it does not fit, and returns that. */
    byte[] key(long entry, byte[] target) {
        int length = keyLength(entry);
        byte[] key = length <= target.length ? target : new byte[(int) Math.min(maxKeyBytes, 2L * length)];
        int inline = Math.min(length, MapLayout.PREFIX_BYTES);
        NativeWords.putPartial(key, 0, engine.getLong(entry + MapLayout.ENTRY_PREFIX_OFFSET), inline);
        long packed = engine.getLong(entry + MapLayout.ENTRY_KEY_OFFSET);
        pool.load(MapLayout.firstCell(packed), key, inline, length - inline);
        return key;
    }
}
