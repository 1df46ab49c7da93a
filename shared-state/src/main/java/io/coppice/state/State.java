package io.coppice.state;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The owner's view of what its segment holds. All changes since the last {@link #commit()}, in whatever structures, become
 * permanent together at the next one, or not at all.
 *
 * <p>Single-threaded: the thread that owns the segment. A structure is created by the first call with its name and attached
 * by later ones, in this process or a successor; creation is itself undone if it is not committed. Commits, rollbacks
 * and changes allocate nothing.
 *
 * <p>Names are the user's, but for those that begin with {@code coppice.}, which are refused with an
 * IllegalArgumentException: {@link ReservedNames}.
 */
public final class State {
    private final CommitEngine engine;
    private final StructureTable structures;
    private final String segmentName;
    private final long seed;
    private Receivers receivers = Receivers.none();

    /** @param segmentName the daemon's, without the instance */
    State(CommitEngine engine, String segmentName, long seed) {
        this.engine = engine;
        this.segmentName = segmentName;
        this.seed = seed;
        this.structures = new StructureTable(engine);
        engine.eraseStamped();
        engine.eraseWrongImages();
        engine.publishAgain();
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
        StructureRequest request =
                byteKeyMap(StructureType.STRING_LONG_MAP, name, capacity, maxKeyBytes, keyPoolBytes, null);
        return structures.get(request, StringLongMap.class, info -> new StringLongMap(engine, info), hashSeed());
    }

    /**
     * Creates or attaches a map.
     *
     * @param capacity most keys it holds, 1 to 33,554,432; it reserves 16 bytes for each of 4/3 to 8/3 as many entries
     * @throws LayoutMismatchException if the name is taken by another type, or by a map of another capacity
     * @throws CapacityExceededException if the segment has no room for it
     */
    public LongLongMap longLongMap(String name, int capacity) {
        StructureRequest request = longKeyMap(StructureType.LONG_LONG_MAP, name, capacity, null);
        return structures.get(request, LongLongMap.class, info -> new LongLongMap(engine, info), hashSeed());
    }

    /**
     * Creates or attaches a map.
     *
     * @param capacity most keys it holds, 1 to 33,554,432; it reserves 16 bytes for each of 4/3 to 8/3 as many entries, and
     *     for each key a record and 8 bytes
     * @throws LayoutMismatchException if the name is taken by another type or layout, or by a map of another capacity
     * @throws CapacityExceededException if the segment has no room for it
     */
    public LongRecordMap longRecordMap(String name, int capacity, RecordLayout layout) {
        StructureRequest request = longKeyMap(StructureType.LONG_RECORD_MAP, name, capacity, layout);
        return structures.get(
                request, LongRecordMap.class, info -> new LongRecordMap(engine, info, layout), hashSeed());
    }

    /**
     * Creates or attaches a map.
     *
     * @param capacity most keys it holds, 1 to 33,554,432; it reserves 32 bytes for each of 4/3 to 8/3 as many entries, and
     *     for each key a record and 8 bytes
     * @param maxKeyBytes longest key it takes, 1 or more
     * @param keyPoolBytes room for keys longer than 8 bytes: each takes {@link StringLongMap#poolBytes} of it
     * @throws LayoutMismatchException if the name is taken by another type or layout, or by a map of other sizes
     * @throws CapacityExceededException if the segment has no room for it
     */
    public StringRecordMap stringRecordMap(
            String name, int capacity, int maxKeyBytes, long keyPoolBytes, RecordLayout layout) {
        StructureRequest request =
                byteKeyMap(StructureType.STRING_RECORD_MAP, name, capacity, maxKeyBytes, keyPoolBytes, layout);
        return structures.get(
                request, StringRecordMap.class, info -> new StringRecordMap(engine, info, layout), hashSeed());
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
        StructureRequest request = request(StructureType.RECORD_TABLE, name, layout, length, rows, 0, 0);
        return structures.get(
                request,
                RecordTable.class,
                info -> new RecordTable(engine, name, layout, info.offsetBytes(), rows),
                StructureTable.Initial.ZEROS);
    }

    /**
     * Creates or attaches a queue.
     *
     * @param capacity most records it holds at a time, 1 or more; all are reserved
     * @throws LayoutMismatchException if the name is taken by another type or layout, or by a queue of another capacity
     * @throws CapacityExceededException if the segment has no room for it
     */
    public RecordQueue queue(String name, RecordLayout layout, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("Queue " + name + ": capacity must be 1 or more, not " + capacity + ".");
        }
        StructureRequest request = request(
                StructureType.QUEUE,
                name,
                layout,
                QueueLayout.dataLength(capacity, layout.sizeBytes()),
                capacity,
                0,
                0);
        return structures.get(
                request,
                RecordQueue.class,
                info -> new RecordQueue(engine, layout, info),
                StructureTable.Initial.ZEROS);
    }

    /**
     * Creates or attaches an append log.
     *
     * @param capacityEntries most entries it holds at a time, 1 or more; each reserves 16 bytes
     * @param capacityBytes most bytes it holds at a time, 1 or more, rounded up to a multiple of 8; an entry takes
     *     {@link AppendLog#entryBytes} of them
     * @throws LayoutMismatchException if the name is taken by another type, or by a log of other capacities
     * @throws CapacityExceededException if the segment has no room for it
     */
    public AppendLog appendLog(String name, int capacityEntries, long capacityBytes) {
        return log(ReservedNames.requireFree(name), capacityEntries, capacityBytes);
    }

    private AppendLog log(String name, int capacityEntries, long capacityBytes) {
        if (capacityEntries < 1 || capacityBytes < 1) {
            throw new IllegalArgumentException("Append log " + name + ": capacityEntries must be 1 or more (found "
                    + capacityEntries + "), capacityBytes 1 or more (found " + capacityBytes + ").");
        }
        // Nothing larger fits any segment, and nothing here overflows below it.
        long ring = AppendLogLayout.padded(Math.min(capacityBytes, SegmentSpec.MAX_LENGTH_BYTES));
        StructureRequest request = new StructureRequest(
                StructureType.APPEND_LOG,
                name,
                null,
                AppendLogLayout.dataLength(capacityEntries, ring),
                capacityEntries,
                ring,
                0);
        return structures.get(
                request, AppendLog.class, info -> new AppendLog(engine, info), StructureTable.Initial.ZEROS);
    }

    /**
     * Creates or attaches an object pool.
     *
     * @param capacity most records in use at a time, all reserved; 1 for a single object, 0 for a pool that is disabled: each
     *     acquire is refused
     * @throws LayoutMismatchException if the name is taken by another type or layout, or by a pool of another capacity
     * @throws CapacityExceededException if the segment has no room for it
     */
    public RecordPool pool(String name, RecordLayout layout, int capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("Pool " + name + ": capacity must be 0 or more, not " + capacity + ".");
        }
        StructureRequest request = request(
                StructureType.POOL, name, layout, PoolLayout.dataLength(capacity, layout.sizeBytes()), capacity, 0, 0);
        return structures.get(
                request, RecordPool.class, info -> new RecordPool(engine, layout, info), StructureTable.Initial.ZEROS);
    }

    /**
     * Creates or attaches a channel. Receivers' cursors are looked for where {@link #receivers(Receivers)} says.
     *
     * @param capacityBytes of the ring, a power of two from 512 to 1,073,741,824; see {@link Channel#maxMessageBytes}
     * @param receivers 1 to 16 names of daemons, the same each time
     * @throws LayoutMismatchException if the name is taken by another type, or by a channel of another size or for others
     * @throws CapacityExceededException if the segment has no room for it
     */
    public Channel channel(String name, int capacityBytes, String... receivers) {
        requireCapacity(name, capacityBytes);
        List<String> names = List.of(receivers);
        if (names.isEmpty()
                || names.size() > RingLayout.MAX_RECEIVERS
                || names.size() != Set.copyOf(names).size()) {
            throw new IllegalArgumentException("Channel " + name + ": must have 1 to " + RingLayout.MAX_RECEIVERS
                    + " receivers, each named once; found " + names + ".");
        }
        names.forEach(receiver -> SegmentSpec.requireName("receiver", receiver));
        byte[] block = RingLayout.receiverBlock(names);
        StructureRequest request = request(
                StructureType.CHANNEL,
                name,
                null,
                RingLayout.dataLength(capacityBytes, names.size()),
                capacityBytes,
                names.size(),
                RingLayout.hash(block));
        return structures.get(
                request,
                Channel.class,
                info -> new Channel(this, engine, info, structures.isUncommitted(name), segmentName, names),
                new StructureTable.Initial(
                        UndoLayout.entryBytes(block.length >> 3),
                        info -> engine.setBytes(
                                info.offsetBytes() + RingLayout.RECEIVERS_OFFSET, block, 0, block.length)));
    }

    /**
     * Creates or attaches a broadcast.
     *
     * @param capacityBytes of the ring, a power of two from 512 to 1,073,741,824; see {@link Broadcast#maxMessageBytes}
     * @throws LayoutMismatchException if the name is taken by another type, or by a broadcast of another size
     * @throws CapacityExceededException if the segment has no room for it
     */
    public Broadcast broadcast(String name, int capacityBytes) {
        requireCapacity(name, capacityBytes);
        StructureRequest request = request(
                StructureType.BROADCAST, name, null, RingLayout.dataLength(capacityBytes, 0), capacityBytes, 0, 0);
        return structures.get(
                request,
                Broadcast.class,
                info -> new Broadcast(engine, info, structures.isUncommitted(name)),
                StructureTable.Initial.ZEROS);
    }

    /**
     * Creates or attaches a cursor, to read a ring with. Of several for one channel, the channel waits for the slowest, and for
     * one that was never used too.
     *
     * @param writer name of the daemon that writes the ring
     * @param ring name of the channel or broadcast
     * @throws LayoutMismatchException if the name is taken by another type, or by a cursor for another ring
     * @throws CapacityExceededException if the segment has no room for it
     */
    public Cursor cursor(String name, String writer, String ring) {
        StructureRequest request =
                request(StructureType.CURSOR, name, null, PlaceLayout.LENGTH, 1, RingLayout.key(writer, ring), 0);
        return structures.get(
                request,
                Cursor.class,
                info -> new Cursor(engine, info, structures.isUncommitted(name), writer, ring),
                StructureTable.Initial.ZEROS);
    }

    /** Where channels find their receivers. Until it is told, none is found, and each channel holds everything back. */
    public void receivers(Receivers found) {
        this.receivers = found;
    }

    Receivers receivers() {
        return receivers;
    }

    /**
     * Creates or attaches a set of counters.
     *
     * @param capacity most counters it holds, 1 or more; each reserves 64 bytes
     * @throws LayoutMismatchException if the name is taken by another type, or by counters of another capacity
     * @throws CapacityExceededException if the segment has no room for it
     */
    public Counters counters(String name, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException(
                    "Counters " + name + ": capacity must be 1 or more, not " + capacity + ".");
        }
        StructureRequest request =
                request(StructureType.COUNTERS, name, null, CountersLayout.dataLength(capacity), capacity, 0, 0);
        return structures.get(
                request, Counters.class, info -> new Counters(engine, info), StructureTable.Initial.ZEROS);
    }

    /**
     * Creates or attaches the requests of a daemon's transactions; for {@link OwnedSegment}, as the name is not the user's.
     *
     * @param entries 1 to 4096
     * @param maxInputBytes longest input, 0 to 67,108,864
     */
    Requests requests(int entries, int maxInputBytes) {
        if (entries < 1
                || entries > RequestsLayout.MAX_ENTRIES
                || maxInputBytes < 0
                || maxInputBytes > RequestsLayout.MAX_INPUT_BYTES) {
            throw new IllegalArgumentException("Requests of transactions: entries must be 1 to "
                    + RequestsLayout.MAX_ENTRIES + " (found " + entries + "), the longest input 0 to "
                    + RequestsLayout.MAX_INPUT_BYTES + " bytes (found " + maxInputBytes + ").");
        }
        return structures.get(
                Requests.request(entries, maxInputBytes),
                Requests.class,
                info -> new Requests(engine, info),
                StructureTable.Initial.ZEROS);
    }

    /** Creates or attaches the result of a request; for {@link OwnedSegment}, as the name is not the user's. */
    AppendLog result(int capacityEntries, long capacityBytes) {
        return log(ReservedNames.RESULT, capacityEntries, capacityBytes);
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
     * key up to 160 and, if it is longer than 8 bytes, twice its length; if its value is a record, that record and 48 more.
     */
    public long undoFreeBytes() {
        return engine.undoFreeBytes();
    }

    /**
     * Whether anything changed since the last commit, or a commit would publish what is not published: after a step back to
     * older contents the first commit does that.
     */
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
     *     {@link #rollback()} helps then. Or if this state is no longer in use
     */
    public void commit() {
        structures.requireAttached();
        engine.commit();
        structures.committed();
    }

    /** This and all structures handed out stop working: what they lie in is about to be replaced. */
    void detach() {
        structures.detach();
    }

    /** Undoes everything since the last commit. Structures created since must be asked for again. */
    public void rollback() {
        structures.requireAttached();
        engine.restore();
        structures.rolledBack();
        engine.publishAgain();
    }

    private Record record(String name, RecordLayout layout, StructureType type) {
        StructureRequest request = request(type, name, layout, layout.sizeBytes(), 1, 0, 0);
        boolean published = type == StructureType.PUBLISHED_RECORD;
        return structures.get(
                request,
                Record.class,
                info -> new Record(engine, name, layout, info.offsetBytes(), published),
                StructureTable.Initial.ZEROS);
    }

    /** What user code asks for. */
    private static StructureRequest request(
            StructureType type,
            String name,
            @Nullable RecordLayout layout,
            long dataLength,
            long capacity,
            long parameter2,
            long parameter3) {
        return new StructureRequest(
                type, ReservedNames.requireFree(name), layout, dataLength, capacity, parameter2, parameter3);
    }

    private static void requireCapacity(String name, int capacityBytes) {
        if (!RingLayout.isCapacity(capacityBytes)) {
            throw new IllegalArgumentException(
                    "Ring " + name + ": capacity must be a power of two from " + RingLayout.MIN_CAPACITY + " to "
                            + RingLayout.MAX_CAPACITY + " bytes, not " + capacityBytes + ".");
        }
    }

    private static StructureRequest longKeyMap(
            StructureType type, String name, int capacity, @Nullable RecordLayout layout) {
        if (capacity < 1 || capacity > MapLayout.MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "Map " + name + ": capacity must be 1 to " + MapLayout.MAX_CAPACITY + ", not " + capacity + ".");
        }
        long length = MapShape.dataLength(false, capacity, 0, layout == null ? 0 : layout.sizeBytes());
        return request(type, name, layout, length, capacity, 0, 0);
    }

    private static StructureRequest byteKeyMap(
            StructureType type,
            String name,
            int capacity,
            int maxKeyBytes,
            long keyPoolBytes,
            @Nullable RecordLayout layout) {
        if (capacity < 1 || capacity > MapLayout.MAX_CAPACITY || maxKeyBytes < 1 || keyPoolBytes < 0) {
            throw new IllegalArgumentException("Map " + name + ": capacity must be 1 to " + MapLayout.MAX_CAPACITY
                    + " (found " + capacity + "), maxKeyBytes 1 or more (found " + maxKeyBytes
                    + "), keyPoolBytes 0 or more (found " + keyPoolBytes + ").");
        }
        long cells = KeyPool.cellsOf(keyPoolBytes);
        long length = MapShape.dataLength(true, capacity, cells, layout == null ? 0 : layout.sizeBytes());
        return request(type, name, layout, length, capacity, maxKeyBytes, cells);
    }

    private StructureTable.Initial hashSeed() {
        return new StructureTable.Initial(
                UndoLayout.ONE_WORD_ENTRY, map -> engine.setLong(map.offsetBytes() + MapLayout.HASH_SEED_OFFSET, seed));
    }
}
