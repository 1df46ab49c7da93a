package io.coppice.state;

import java.util.List;

/**
 * The owner's view of what its segment holds. All changes since the last {@link #commit()}, in whatever structures, become
 * permanent together at the next one, or not at all.
 *
 * <p>Single-threaded: the thread that owns the segment. A structure is created by the first call with its name and attached
 * by later ones, in this process or a successor; creation is itself undone if it is not committed. Commits, rollbacks
 * and changes allocate nothing.
 */
public final class State {
    private final CommitEngine engine;
    private final StructureTable structures;
    private final long seed;

    State(CommitEngine engine, long seed) {
        this.engine = engine;
        this.seed = seed;
        this.structures = new StructureTable(engine);
        engine.eraseStamped();
    }

    /**
     * Creates or attaches a record.
     *
     * @throws LayoutMismatchException if the name is taken by another type or layout
     * @throws CapacityExceededException if the segment has no room for it
     */
    public Record record(String name, RecordLayout layout) {
        return record(name, layout, StructureType.RECORD);
    }

    /**
     * Creates or attaches a record that each commit which changed it also copies to the publish slots, where peers read it
     * without disturbing the owner. All published records of a segment together hold at most 4 KiB.
     *
     * @throws LayoutMismatchException if the name is taken by another type or layout
     * @throws CapacityExceededException if the segment, or the publish slots, have no room for it
     */
    public Record published(String name, RecordLayout layout) {
        return record(name, layout, StructureType.PUBLISHED_RECORD);
    }

    /**
     * Creates or attaches a map.
     *
     * @param capacity most keys it holds, 1 to 33,554,432; it reserves 32 bytes for each of 4/3 to 8/3 as many entries
     * @param maxKeyBytes longest key it takes, 1 or more
     * @param keyPoolBytes room for keys longer than 8 bytes: each takes {@link StringLongMap#poolBytes} of it
     * @throws LayoutMismatchException if the name is taken by another type, or by a map of other sizes
     * @throws CapacityExceededException if the segment has no room for it
     */
    public StringLongMap stringLongMap(String name, int capacity, int maxKeyBytes, long keyPoolBytes) {
        if (capacity < 1 || capacity > MapLayout.MAX_CAPACITY || maxKeyBytes < 1 || keyPoolBytes < 0) {
            throw new IllegalArgumentException("Map " + name + ": capacity must be 1 to " + MapLayout.MAX_CAPACITY
                    + " (found " + capacity + "), maxKeyBytes 1 or more (found " + maxKeyBytes
                    + "), keyPoolBytes 0 or more (found " + keyPoolBytes + ").");
        }
        long cells = keyPoolBytes / MapLayout.CELL_LENGTH + (keyPoolBytes % MapLayout.CELL_LENGTH == 0 ? 0 : 1);
        StructureRequest request = new StructureRequest(
                StructureType.STRING_LONG_MAP, name, null, sizeOfMap(capacity, cells), capacity, maxKeyBytes, cells);
        return structures.get(
                request,
                StringLongMap.class,
                info -> new StringLongMap(engine, info),
                info -> engine.setLong(info.offsetBytes() + MapLayout.HASH_SEED_OFFSET, seed));
    }

    /**
     * Creates or attaches a table.
     *
     * @param rows 1 or more, all present from the start
     * @throws LayoutMismatchException if the name is taken by another type or layout, or another number of rows
     * @throws CapacityExceededException if the segment has no room for it
     */
    public RecordTable table(String name, RecordLayout layout, int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("Table " + name + ": rows must be 1 or more, not " + rows + ".");
        }
        long length = Math.multiplyExact((long) rows, layout.sizeBytes());
        StructureRequest request = new StructureRequest(StructureType.RECORD_TABLE, name, layout, length, rows, 0, 0);
        return structures.get(
                request,
                RecordTable.class,
                info -> new RecordTable(engine, name, layout, info.offsetBytes(), rows),
                info -> {});
    }

    /** The structures that exist now, the uncommitted included, in no particular order. Allocates. */
    public List<StructureInfo> structures() {
        return structures.all();
    }

    /** Bytes left for new structures and their descriptions (128 bytes each and 64 for each field). */
    public long freeBytes() {
        return structures.freeBytes();
    }

    /**
     * Bytes left in the undo log until the next commit. A changed word takes 24, a range of n words 16 + 8 * n, a new map
     * key up to 160 and, if it is longer than 8 bytes, twice its length.
     */
    public long undoFreeBytes() {
        return engine.undoFreeBytes();
    }

    /** Whether anything changed since the last commit. */
    public boolean dirty() {
        return engine.dirty();
    }

    /** Number of the last commit; 0 before the first. */
    public long commitSequence() {
        return engine.sequence();
    }

    /**
     * Tells which ranges of the segment changed since the last commit, as replication to another device would ship them
     * with it: whoever applies these ranges, as they are now, to a copy of the last commit has a copy of the next one. Call
     * it before {@link #commit()}. A range may be told twice, in part or whole, and the ranges come in no order of
     * offsets. Allocates nothing.
     *
     * @throws IllegalStateException if an operation was interrupted by an error half-way
     */
    public void forEachChange(ChangeVisitor visitor) {
        engine.forEachChange(visitor);
    }

    /**
     * Makes everything since the last commit permanent, against the death of this process at any instruction. Counts up
     * {@link #commitSequence()} even if nothing changed.
     *
     * @throws IllegalStateException if an operation was interrupted by an error (a StackOverflowError, say) half-way; only
     *     {@link #rollback()} helps then
     */
    public void commit() {
        engine.commit();
        structures.committed();
    }

    /** Undoes everything since the last commit. Structures created since must be asked for again. */
    public void rollback() {
        engine.restore();
        structures.rolledBack();
    }

    private Record record(String name, RecordLayout layout, StructureType type) {
        StructureRequest request = new StructureRequest(type, name, layout, layout.sizeBytes(), 1, 0, 0);
        boolean published = type == StructureType.PUBLISHED_RECORD;
        return structures.get(
                request,
                Record.class,
                info -> new Record(engine, name, layout, info.offsetBytes(), published),
                info -> {});
    }

    private static long sizeOfMap(int capacity, long cells) {
        if (cells > SegmentSpec.MAX_LENGTH_BYTES / MapLayout.CELL_LENGTH) {
            return SegmentSpec.MAX_LENGTH_BYTES;
        }
        return MapLayout.dataLength(capacity, cells);
    }
}
