package io.coppice.state;

/**
 * The entries of a map, whatever its keys and values: open addressing with linear probing, over entries that begin with a
 * hash (0: empty) and are moved whole. Owner's thread only.
 *
 * <p>Every search and every removal ends after one round at most, in a {@link SegmentDamagedException} if a damaged table
 * has no empty entry. Changes are for callers that have begun an operation with room in the undo log for
 * {@link #undoBytesToAdd} or {@link #undoBytesToRemove}.
 */
final class EntryTable {
    private final CommitEngine engine;
    private final String structure;
    private final int capacity;
    private final long mask;
    private final int entryLength;
    private long data;

    EntryTable(CommitEngine engine, StructureInfo info, int entryLength) {
        this.engine = engine;
        this.structure = info.name();
        this.capacity = info.capacity();
        this.mask = MapLayout.entries(capacity) - 1;
        this.entryLength = entryLength;
        this.data = info.offsetBytes();
    }

    /** Where the map lies; an offset that the engine refuses once it is detached. */
    long data() {
        return data;
    }

    void detach() {
        data = Structure.DETACHED;
    }

    int size() {
        return (int) engine.getLong(data + MapLayout.SIZE_OFFSET);
    }

    int capacity() {
        return capacity;
    }

    /** Number of entries, a power of two. */
    long entries() {
        return mask + 1;
    }

    long entry(long index) {
        return MapLayout.entryOffset(data, index, entryLength);
    }

    /** Offset of the first entry with that hash, or the complement of the offset of the empty one where it would go. */
    long first(long hash) {
        long home = hash & mask;
        return walk(hash, home, home);
    }

    /** Like {@link #first}, behind an entry that has the hash and yet is another key's. */
    long next(long hash, long entry) {
        long home = hash & mask;
        long index = (indexOf(entry) + 1) & mask;
        if (index == home) {
            throw noEmptyEntry();
        }
        return walk(hash, index, home);
    }

    private long walk(long hash, long start, long home) {
        long index = start;
        do {
            long entry = entry(index);
            long found = engine.getLong(entry + MapLayout.ENTRY_HASH_OFFSET);
            if (found == hash) {
                return entry;
            }
            if (found == 0) {
                return ~entry;
            }
            index = (index + 1) & mask;
        } while (index != home);
        throw noEmptyEntry();
    }

    /** Refuses a key more than the capacity. */
    void requireRoom() {
        if (engine.getLong(data + MapLayout.SIZE_OFFSET) >= capacity) {
            throw new CapacityExceededException("Map " + structure + " of segment " + engine.segment()
                    + " is full: it holds its capacity of " + capacity
                    + " keys. Declare a larger capacity, and raise " + CapacityExceededException.STATE_FOR_LAYOUT);
        }
    }

    /** What {@link #log} and {@link #count} log for one entry that is added. */
    long undoBytesToAdd() {
        return undoBytesOfOne() + UndoLayout.ONE_WORD_ENTRY;
    }

    /** Saves an entry that the caller is about to overwrite. */
    void log(long entry) {
        engine.logRange(entry, entryLength >> 3);
    }

    /** Changes the number of keys. */
    void count(int delta) {
        engine.setLong(data + MapLayout.SIZE_OFFSET, engine.getLong(data + MapLayout.SIZE_OFFSET) + delta);
    }

    /** Upper bound of what {@link #remove} logs for that entry. */
    long undoBytesToRemove(long entry) {
        return countMoves(indexOf(entry)) * undoBytesOfOne() + UndoLayout.ONE_WORD_ENTRY;
    }

    /** Removes an entry: moves others back over the hole, so that no search is cut, and empties the last one moved. */
    void remove(long entry) {
        long hole = indexOf(entry);
        long index = hole;
        for (long probes = 0; probes <= mask; probes++) {
            index = (index + 1) & mask;
            long from = entry(index);
            long hash = engine.getLong(from + MapLayout.ENTRY_HASH_OFFSET);
            if (hash == 0) {
                break;
            }
            if (mayMove(hash, index, hole)) {
                long to = entry(hole);
                log(to);
                for (int word = 0; word < entryLength; word += Long.BYTES) {
                    engine.setLong(to + word, engine.getLong(from + word));
                }
                hole = index;
            }
        }
        clear(entry(hole));
        count(-1);
    }

    /** Empties an entry, wherever it lies. */
    void clear(long entry) {
        log(entry);
        for (int word = 0; word < entryLength; word += Long.BYTES) {
            engine.setLong(entry + word, 0);
        }
    }

    /** Entries that removal at {@code start} will change: the moved ones and the one that ends empty. */
    private long countMoves(long start) {
        long moves = 1;
        long hole = start;
        long index = start;
        for (long probes = 0; probes <= mask; probes++) {
            index = (index + 1) & mask;
            long hash = engine.getLong(entry(index) + MapLayout.ENTRY_HASH_OFFSET);
            if (hash == 0) {
                return moves;
            }
            if (mayMove(hash, index, hole)) {
                hole = index;
                moves++;
            }
        }
        throw noEmptyEntry();
    }

    /** Whether the entry at {@code index} is found from its home if it lies in the hole instead. */
    private boolean mayMove(long hash, long index, long hole) {
        long home = hash & mask;
        return ((index - home) & mask) >= ((index - hole) & mask);
    }

    private long indexOf(long entry) {
        return (entry - entry(0)) / entryLength;
    }

    private long undoBytesOfOne() {
        return UndoLayout.entryBytes(entryLength >> 3);
    }

    private SegmentDamagedException noEmptyEntry() {
        return new SegmentDamagedException("Map " + structure + " of segment " + engine.segment()
                + " has no empty entry; its contents are damaged.");
    }
}
