package io.coppice.state;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A map of fixed capacity from byte strings (any bytes, also none) to longs, in the owner's segment. Owner's thread only.
 * The {@code byte[]} calls neither copy nor allocate; the String ones encode to UTF-8 first.
 *
 * <p>Changes are in place, undone by a rollback or a crash, and kept by {@link State#commit()}. An operation that throws
 * changed nothing. Removal gives back the entry and the key's cells. Iteration order is that of the hash table: the same
 * for the same history, of no meaning otherwise.
 */
public final class StringLongMap extends Structure {
    private static final int WORD_MOVES = MapLayout.ENTRY_LENGTH / Long.BYTES;

    private final CommitEngine engine;
    private final String structure;
    private final int capacity;
    private final int maxKeyBytes;
    private final long mask;
    private final KeyPool pool;
    private final long seed;
    private long data;

    StringLongMap(CommitEngine engine, StructureInfo info) {
        this.engine = engine;
        this.structure = info.name();
        this.capacity = info.capacity();
        this.maxKeyBytes = info.maxKeyBytes();
        this.data = info.offsetBytes();
        this.mask = MapLayout.entries(capacity) - 1;
        this.pool = new KeyPool(engine, data, MapLayout.entryOffset(data, mask + 1), info.keyCells());
        this.seed = engine.getLong(data + MapLayout.HASH_SEED_OFFSET);
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
        long cells = (keyPoolBytes + MapLayout.CELL_LENGTH - 1) / MapLayout.CELL_LENGTH;
        return Align.up(Directory.dataOffset(0) + MapLayout.dataLength(capacity, cells), ArenaLayout.ALIGNMENT);
    }

    /** Keys present. */
    public int size() {
        return (int) engine.getLong(data + MapLayout.SIZE_OFFSET);
    }

    /** Most keys it can hold. */
    public int capacity() {
        return capacity;
    }

    /** Longest key it takes, in bytes. */
    public int maxKeyBytes() {
        return maxKeyBytes;
    }

    /** Bytes of the key pool that are free; see {@link #poolBytes}. */
    public long freePoolBytes() {
        return pool.freeCells() * MapLayout.CELL_LENGTH;
    }

    /** The value of a key, or {@code absent}. */
    public long get(byte[] key, int from, int length, long absent) {
        long entry = find(key, from, length);
        return entry < 0 ? absent : engine.getLong(entry + MapLayout.ENTRY_VALUE_OFFSET);
    }

    /** The value of a key, or {@code absent}. */
    public long get(String key, long absent) {
        byte[] bytes = utf8(key);
        return get(bytes, 0, bytes.length, absent);
    }

    /** Whether a key is present. */
    public boolean contains(byte[] key, int from, int length) {
        return find(key, from, length) >= 0;
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
        Objects.checkFromIndexSize(from, length, key.length);
        long hash = MapLayout.hash(key, from, length, seed);
        long entry = probe(hash, key, from, length);
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
        Objects.checkFromIndexSize(from, length, key.length);
        long hash = MapLayout.hash(key, from, length, seed);
        long entry = probe(hash, key, from, length);
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
        long found = find(key, from, length);
        if (found < 0) {
            return false;
        }
        long hole = (found - MapLayout.entryOffset(data, 0)) / MapLayout.ENTRY_LENGTH;
        long moves = countMoves(hole);
        engine.begin(data, (moves * WORD_MOVES + 2) * UndoLayout.ONE_WORD_ENTRY + KeyPool.undoBytesToFree(), structure);
        long packed = engine.getLong(found + MapLayout.ENTRY_KEY_OFFSET);
        int cells = MapLayout.cells(MapLayout.keyLength(packed));
        if (cells > 0) {
            pool.free(MapLayout.firstCell(packed), cells);
        }
        close(hole);
        engine.setLong(data + MapLayout.SIZE_OFFSET, engine.getLong(data + MapLayout.SIZE_OFFSET) - 1);
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
        for (long i = 0; i <= mask; i++) {
            long entry = MapLayout.entryOffset(data, i);
            if (engine.getLong(entry + MapLayout.ENTRY_HASH_OFFSET) == 0) {
                continue;
            }
            long packed = engine.getLong(entry + MapLayout.ENTRY_KEY_OFFSET);
            int length = MapLayout.keyLength(packed);
            if (length > key.length) {
                key = new byte[(int) Math.min(maxKeyBytes, 2L * length)];
            }
            int inline = Math.min(length, MapLayout.PREFIX_BYTES);
            NativeWords.putPartial(key, 0, engine.getLong(entry + MapLayout.ENTRY_PREFIX_OFFSET), inline);
            pool.load(MapLayout.firstCell(packed), key, inline, length - inline);
            visitor.visit(key, length, engine.getLong(entry + MapLayout.ENTRY_VALUE_OFFSET));
        }
    }

    @Override
    void detach() {
        data = DETACHED;
    }

    private long find(byte[] key, int from, int length) {
        Objects.checkFromIndexSize(from, length, key.length);
        return probe(MapLayout.hash(key, from, length, seed), key, from, length);
    }

    /** Offset of the key's entry, or the complement of the offset of the empty one where it would go. */
    private long probe(long hash, byte[] key, int from, int length) {
        long base = MapLayout.entryOffset(data, 0);
        long index = hash & mask;
        for (long probes = 0; probes <= mask; probes++) {
            long entry = base + index * MapLayout.ENTRY_LENGTH;
            long found = engine.getLong(entry + MapLayout.ENTRY_HASH_OFFSET);
            if (found == 0) {
                return ~entry;
            }
            if (found == hash && matches(entry, key, from, length)) {
                return entry;
            }
            index = (index + 1) & mask;
        }
        throw new SegmentDamagedException("Map " + structure + " of segment " + engine.segment()
                + " has no empty entry; its contents are damaged.");
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

    private void insert(long entry, long hash, byte[] key, int from, int length, long value) {
        long size = engine.getLong(data + MapLayout.SIZE_OFFSET);
        int cells = MapLayout.cells(length);
        requireRoom(size, length, cells);
        long undo = UndoLayout.entryBytes(WORD_MOVES) + UndoLayout.ONE_WORD_ENTRY;
        engine.begin(data, cells == 0 ? undo : undo + KeyPool.undoBytesToStore(cells), structure);
        int inline = Math.min(length, MapLayout.PREFIX_BYTES);
        long first = cells == 0 ? 0 : pool.store(key, from + inline, length - inline, cells);
        engine.logRange(entry, WORD_MOVES);
        engine.setLong(entry + MapLayout.ENTRY_HASH_OFFSET, hash);
        engine.setLong(entry + MapLayout.ENTRY_VALUE_OFFSET, value);
        engine.setLong(entry + MapLayout.ENTRY_KEY_OFFSET, MapLayout.packKey(length, first));
        engine.setLong(entry + MapLayout.ENTRY_PREFIX_OFFSET, NativeWords.partial(key, from, inline));
        engine.setLong(data + MapLayout.SIZE_OFFSET, size + 1);
        engine.end();
    }

    private void requireRoom(long size, int length, int cells) {
        if (length > maxKeyBytes) {
            throw new CapacityExceededException(
                    "Map " + structure + " of segment " + engine.segment() + " takes keys of up"
                            + " to " + maxKeyBytes + " bytes, not " + length
                            + ". Declare a larger maxKeyBytes, and raise the manifest key `state` if it does not fit.");
        }
        if (size >= capacity) {
            throw new CapacityExceededException("Map " + structure + " of segment " + engine.segment()
                    + " is full: it holds its capacity of " + capacity
                    + " keys. Declare a larger capacity, and raise the manifest key `state` if it does not fit.");
        }
        if (cells > pool.freeCells()) {
            throw new CapacityExceededException(
                    "Key pool of map " + structure + " of segment " + engine.segment()
                            + " is full: a key of " + length + " bytes takes " + (long) cells * MapLayout.CELL_LENGTH
                            + " bytes, "
                            + freePoolBytes() + " of " + pool.cellCount() * MapLayout.CELL_LENGTH
                            + " are free. Declare a larger keyPoolBytes, and raise the manifest key `state` if it does not fit.");
        }
    }

    /** Entries that removal at {@code start} will change: the moved ones and the one that ends empty. */
    private long countMoves(long start) {
        long moves = 1;
        long hole = start;
        long index = start;
        for (long probes = 0; probes <= mask; probes++) {
            index = (index + 1) & mask;
            long hash = engine.getLong(MapLayout.entryOffset(data, index) + MapLayout.ENTRY_HASH_OFFSET);
            if (hash == 0) {
                return moves;
            }
            if (mayMove(hash, index, hole)) {
                hole = index;
                moves++;
            }
        }
        return moves;
    }

    /** Moves entries back over the hole, so that no probe sequence is cut, and empties the last one moved. */
    private void close(long start) {
        long hole = start;
        long index = start;
        for (long probes = 0; probes <= mask; probes++) {
            index = (index + 1) & mask;
            long from = MapLayout.entryOffset(data, index);
            long hash = engine.getLong(from + MapLayout.ENTRY_HASH_OFFSET);
            if (hash == 0) {
                break;
            }
            if (mayMove(hash, index, hole)) {
                long to = MapLayout.entryOffset(data, hole);
                for (int word = 0; word < MapLayout.ENTRY_LENGTH; word += Long.BYTES) {
                    engine.setLong(to + word, engine.getLong(from + word));
                }
                hole = index;
            }
        }
        long last = MapLayout.entryOffset(data, hole);
        for (int word = 0; word < MapLayout.ENTRY_LENGTH; word += Long.BYTES) {
            engine.setLong(last + word, 0);
        }
    }

    /** Whether the entry at {@code index} is found from its home if it lies in the hole instead. */
    private boolean mayMove(long hash, long index, long hole) {
        long home = hash & mask;
        return ((index - home) & mask) >= ((index - hole) & mask);
    }

    private static byte[] utf8(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
