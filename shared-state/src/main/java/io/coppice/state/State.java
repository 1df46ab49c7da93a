package io.coppice.state;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    private final SegmentGeometry geometry;
    private final long seed;
    private final Map<String, StructureInfo> structures = new HashMap<>();
    private final Map<String, Attached> attached = new HashMap<>();
    private final List<String> createdSinceCommit = new ArrayList<>();

    /** A structure handed to the user, detached if its creation is rolled back. */
    private record Attached(@Nullable RecordLayout layout, Object structure, Runnable detach) {}

    State(CommitEngine engine, SegmentGeometry geometry, long seed) {
        this.engine = engine;
        this.geometry = geometry;
        this.seed = seed;
        readDirectory();
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
        StructureInfo found = find(name, StructureType.STRING_LONG_MAP);
        if (found == null) {
            long length = sizeOfMap(capacity, cells);
            found = create(StructureType.STRING_LONG_MAP, name, null, length, capacity, maxKeyBytes, cells);
            engine.setLong(found.offsetBytes() + MapLayout.HASH_SEED_OFFSET, seed);
        } else if (found.capacity() != capacity || found.maxKeyBytes() != maxKeyBytes || found.keyCells() != cells) {
            throw new LayoutMismatchException("Map " + name + " of segment " + engine.segment() + " has capacity "
                    + found.capacity() + ", maxKeyBytes " + found.maxKeyBytes() + " and a key pool of "
                    + found.keyCells() * MapLayout.CELL_LENGTH + " bytes; expected " + capacity + ", " + maxKeyBytes
                    + " and " + cells * MapLayout.CELL_LENGTH
                    + ". Ask for the sizes it has, or empty the segment (coppice purge, run --fresh).");
        }
        Attached known = attached.get(name);
        if (known != null) {
            return (StringLongMap) known.structure();
        }
        StringLongMap map = new StringLongMap(engine, found);
        attached.put(name, new Attached(null, map, map::detach));
        return map;
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
        StructureInfo found = find(name, StructureType.RECORD_TABLE);
        if (found == null) {
            long length = Math.multiplyExact((long) rows, layout.sizeBytes());
            found = create(StructureType.RECORD_TABLE, name, layout, length, rows, layout.sizeBytes(), 0);
        } else {
            found.requireLayout(layout, engine.segment());
            if (found.capacity() != rows) {
                throw new LayoutMismatchException("Table " + name + " of segment " + engine.segment() + " has "
                        + found.capacity() + " rows; expected " + rows
                        + ". Ask for the number it has, or empty the segment (coppice purge, run --fresh).");
            }
        }
        Attached known = attached.get(name);
        if (known != null && known.layout() == layout) {
            return (RecordTable) known.structure();
        }
        RecordTable table = new RecordTable(engine, name, layout, found.offsetBytes(), rows);
        attach(name, new Attached(layout, table, table::detach));
        return table;
    }

    /** The structures that exist now, the uncommitted included, in no particular order. Allocates. */
    public List<StructureInfo> structures() {
        return List.copyOf(structures.values());
    }

    /** Bytes left for new structures and their descriptions (128 bytes each and 64 for each field). */
    public long freeBytes() {
        long allocated = engine.getLong(geometry.arenaOffset() + ArenaLayout.ALLOCATED_BYTES_OFFSET);
        return geometry.arenaLength() - ArenaLayout.FIRST_BLOCK_OFFSET - allocated & -ArenaLayout.ALIGNMENT;
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
     * Makes everything since the last commit permanent, against the death of this process at any instruction. Counts up
     * {@link #commitSequence()} even if nothing changed.
     *
     * @throws IllegalStateException if an operation was interrupted by an error (a StackOverflowError, say) half-way; only
     *     {@link #rollback()} helps then
     */
    public void commit() {
        engine.commit();
        createdSinceCommit.clear();
    }

    /** Undoes everything since the last commit. Structures created since must be asked for again. */
    public void rollback() {
        engine.restore();
        forgetUncommitted();
    }

    private void requireFree(String name, long totalBytes) {
        if (totalBytes > freeBytes()) {
            throw new CapacityExceededException(
                    "Segment " + engine.segment() + " has no room for " + name + ": it needs "
                            + totalBytes + " bytes, " + freeBytes() + " of "
                            + (geometry.arenaLength() - ArenaLayout.FIRST_BLOCK_OFFSET)
                            + " are free. Raise the manifest key `state`.");
        }
    }

    private Record record(String name, RecordLayout layout, StructureType type) {
        StructureInfo found = find(name, type);
        if (found == null) {
            found = create(type, name, layout, layout.sizeBytes(), 1, layout.sizeBytes(), 0);
        } else {
            found.requireLayout(layout, engine.segment());
        }
        Attached known = attached.get(name);
        if (known != null && known.layout() == layout) {
            return (Record) known.structure();
        }
        boolean published = type == StructureType.PUBLISHED_RECORD;
        Record record = new Record(engine, name, layout, found.offsetBytes(), published);
        attach(name, new Attached(layout, record, record::detach));
        return record;
    }

    /** A name attached with a second instance of an equal layout keeps the first usable. */
    private void attach(String name, Attached added) {
        Attached before = attached.get(name);
        attached.put(
                name,
                before == null
                        ? added
                        : new Attached(added.layout(), added.structure(), () -> {
                            before.detach().run();
                            added.detach().run();
                        }));
    }

    private @Nullable StructureInfo find(String name, StructureType type) {
        StructureInfo found = structures.get(RecordLayout.requireName("structure", name));
        if (found != null && found.type() != type) {
            throw new LayoutMismatchException("Structure " + name + " of segment " + engine.segment() + " is a "
                    + found.type() + ", not a " + type
                    + ". Use another name, or empty the segment (coppice purge, run --fresh).");
        }
        return found;
    }

    private StructureInfo create(
            StructureType type,
            String name,
            @Nullable RecordLayout layout,
            long dataLength,
            long parameter0,
            long parameter1,
            long parameter2) {
        long header = geometry.arenaOffset();
        long allocated = engine.getLong(header + ArenaLayout.ALLOCATED_BYTES_OFFSET);
        long publishedBytes = engine.getLong(header + ArenaLayout.PUBLISHED_BYTES_OFFSET);
        if (structures.size() >= ArenaLayout.MAX_STRUCTURES) {
            throw new CapacityExceededException("Segment " + engine.segment() + " has " + structures.size()
                    + " structures, its most. Put " + name + " into one of them, as a row of a table for instance.");
        }
        boolean published = type == StructureType.PUBLISHED_RECORD;
        if (published && publishedBytes + dataLength > PublishLayout.IMAGE_CAPACITY) {
            throw new CapacityExceededException("Segment " + engine.segment() + " cannot publish " + name + ": it has "
                    + dataLength + " bytes, and " + publishedBytes + " of " + PublishLayout.IMAGE_CAPACITY
                    + " are taken by other published records. Publish less.");
        }
        byte[] block = Directory.describe(
                type,
                name,
                layout,
                dataLength,
                published ? publishedBytes : ArenaLayout.NOT_PUBLISHED,
                parameter0,
                parameter1,
                parameter2);
        long total = NativeWords.get(block, ArenaLayout.TOTAL_BYTES_OFFSET);
        requireFree(name, total);
        engine.begin(
                header,
                UndoLayout.entryBytes(block.length >> 3) + 5L * UndoLayout.ONE_WORD_ENTRY,
                "the creation of " + name);
        createdSinceCommit.add(name);
        long at = header + ArenaLayout.FIRST_BLOCK_OFFSET + allocated;
        engine.setBytes(at, block, 0, block.length);
        engine.setLong(header + ArenaLayout.ALLOCATED_BYTES_OFFSET, allocated + total);
        engine.setLong(
                header + ArenaLayout.STRUCTURE_COUNT_OFFSET,
                engine.getLong(header + ArenaLayout.STRUCTURE_COUNT_OFFSET) + 1);
        if (published) {
            engine.setLong(header + ArenaLayout.PUBLISHED_BYTES_OFFSET, publishedBytes + dataLength);
        }
        engine.end();
        readDirectory();
        if (published) {
            engine.publishedChanged();
        }
        StructureInfo created = structures.get(name);
        if (created == null) {
            throw new IllegalStateException("Structure " + name + " was created but is not in the directory.");
        }
        return created;
    }

    private static long sizeOfMap(int capacity, long cells) {
        if (cells > SegmentSpec.MAX_LENGTH_BYTES / MapLayout.CELL_LENGTH) {
            return SegmentSpec.MAX_LENGTH_BYTES;
        }
        return MapLayout.dataLength(capacity, cells);
    }

    private void forgetUncommitted() {
        if (createdSinceCommit.isEmpty()) {
            return;
        }
        for (Iterator<String> names = createdSinceCommit.iterator(); names.hasNext(); ) {
            Attached gone = attached.remove(names.next());
            if (gone != null) {
                gone.detach().run();
            }
            names.remove();
        }
        readDirectory();
    }

    private void readDirectory() {
        structures.clear();
        engine.publisher().clear();
        Directory.Source source =
                (offset, target, length) -> engine.memory.getBytes(geometry.arenaOffset() + offset, target, 0, length);
        for (StructureInfo structure : Directory.read(source, geometry)) {
            structures.put(structure.name(), structure);
            if (structure.type() == StructureType.PUBLISHED_RECORD) {
                engine.publisher()
                        .add(structure.offsetBytes(), structure.publishOffsetBytes(), structure.recordBytes());
            }
        }
    }
}
