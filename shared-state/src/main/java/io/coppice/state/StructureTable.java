package io.coppice.state;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The structures of the owner's segment by name: finds, creates and hands them out, and takes those back whose creation is
 * rolled back. Owner's thread only. Commits and rollbacks allocate nothing unless structures were created since the last
 * commit.
 */
final class StructureTable {
    private final CommitEngine engine;
    private final SegmentGeometry geometry;
    private final Map<String, StructureInfo> known = new HashMap<>();
    private final Map<String, List<Attached>> attached = new HashMap<>();
    private final List<String> createdSinceCommit = new ArrayList<>();
    private boolean detached;

    /** A structure handed to the user with that instance of its layout; a second instance gets an object of its own. */
    private record Attached(@Nullable RecordLayout layout, Structure structure) {}

    /**
     * What a new structure starts with, beyond zeros. Part of its creation: stored with it, or neither is.
     *
     * @param undoBytes upper bound of what its stores log
     */
    record Initial(long undoBytes, Consumer<StructureInfo> stores) {
        static final Initial ZEROS = new Initial(0, info -> {});
    }

    /** Makes the object that user code sees. */
    @FunctionalInterface
    interface Maker<S extends Structure> {
        S make(StructureInfo info);
    }

    StructureTable(CommitEngine engine) {
        this.engine = engine;
        this.geometry = engine.geometry;
        readDirectory();
    }

    /** In no particular order. Allocates. */
    List<StructureInfo> all() {
        return List.copyOf(known.values());
    }

    /**
     * Finds or creates.
     *
     * @throws LayoutMismatchException if the name is taken by something else
     * @throws CapacityExceededException if there is no room; nothing was changed
     * @throws UndoLogFullException if it is too full for a new one; nothing was changed
     */
    <S extends Structure> S get(StructureRequest request, Class<S> type, Maker<S> maker, Initial initial) {
        requireAttached();
        StructureInfo info = known.get(request.name());
        if (info == null) {
            info = create(request, initial);
        } else {
            request.requireSame(info, engine.segment());
        }
        List<Attached> instances = attached.get(request.name());
        if (instances == null) {
            instances = new ArrayList<>(1);
            attached.put(request.name(), instances);
        }
        for (Attached instance : instances) {
            if (instance.layout() == request.layout()) {
                return type.cast(instance.structure());
            }
        }
        S structure = maker.make(info);
        instances.add(new Attached(request.layout(), structure));
        return structure;
    }

    /** Whether a structure was created since the last commit, so that a rollback makes its bytes zero again. */
    boolean isUncommitted(String name) {
        return createdSinceCommit.contains(name);
    }

    /** Bytes left for new structures and their descriptions. */
    long freeBytes() {
        long allocated = engine.getLong(geometry.arenaOffset() + ArenaLayout.ALLOCATED_BYTES_OFFSET);
        return geometry.arenaLength() - ArenaLayout.FIRST_BLOCK_OFFSET - allocated & -ArenaLayout.ALIGNMENT;
    }

    /** What was created stays. */
    void committed() {
        if (!createdSinceCommit.isEmpty()) {
            createdSinceCommit.clear();
        }
    }

    /** For whoever has kept this beyond its contents, which are another owner's, or others by now. */
    void requireAttached() {
        if (detached) {
            throw new IllegalStateException(
                    "This state of segment " + engine.segment()
                            + " is no longer in use: its contents were replaced, or its time is over. Ask for the state again.");
        }
    }

    /** All of them are gone. */
    void detach() {
        detached = true;
        for (List<Attached> instances : attached.values()) {
            instances.forEach(instance -> instance.structure().detach());
        }
        attached.clear();
        known.clear();
        createdSinceCommit.clear();
    }

    /**
     * What was created since the last commit is gone. Until that is done everything is refused; if an error struck in it, or in
     * the creation, the engine did not know of all that is stamped when it erased.
     */
    void rolledBack() {
        if (createdSinceCommit.isEmpty()) {
            return;
        }
        engine.suspend();
        for (String name : createdSinceCommit) {
            List<Attached> gone = attached.remove(name);
            if (gone != null) {
                gone.forEach(instance -> instance.structure().detach());
            }
        }
        readDirectory();
        engine.eraseStamped();
        createdSinceCommit.clear();
        engine.end();
    }

    private StructureInfo create(StructureRequest request, Initial initial) {
        long header = geometry.arenaOffset();
        long allocated = engine.getLong(header + ArenaLayout.ALLOCATED_BYTES_OFFSET);
        long publishedBytes = engine.getLong(header + ArenaLayout.PUBLISHED_BYTES_OFFSET);
        boolean published = request.type() == StructureType.PUBLISHED_RECORD;
        requireRoom(request, published ? publishedBytes : -1);
        byte[] block = Directory.describe(request, published ? publishedBytes : ArenaLayout.NOT_PUBLISHED);
        long total = NativeWords.get(block, ArenaLayout.TOTAL_BYTES_OFFSET);
        requireFree(request.name(), total);
        engine.begin(
                header,
                UndoLayout.entryBytes(block.length >> 3) + 5L * UndoLayout.ONE_WORD_ENTRY + initial.undoBytes(),
                "the creation of " + request.name());
        createdSinceCommit.add(request.name());
        engine.setBytes(header + ArenaLayout.FIRST_BLOCK_OFFSET + allocated, block, 0, block.length);
        engine.setLong(header + ArenaLayout.ALLOCATED_BYTES_OFFSET, allocated + total);
        engine.setLong(
                header + ArenaLayout.STRUCTURE_COUNT_OFFSET,
                engine.getLong(header + ArenaLayout.STRUCTURE_COUNT_OFFSET) + 1);
        if (published) {
            engine.setLong(header + ArenaLayout.PUBLISHED_BYTES_OFFSET, publishedBytes + request.dataLength());
        }
        readDirectory();
        StructureInfo created = known.get(request.name());
        if (created == null) {
            throw new IllegalStateException(
                    "Structure " + request.name() + " was created but is not in the directory.");
        }
        initial.stores().accept(created);
        engine.end();
        if (published) {
            engine.publishedChanged();
        }
        return created;
    }

    /** @param publishedBytes taken in the publish slots, -1 if this one is not published */
    private void requireRoom(StructureRequest request, long publishedBytes) {
        if (known.size() >= ArenaLayout.MAX_STRUCTURES) {
            throw new CapacityExceededException("Segment " + engine.segment() + " has " + known.size()
                    + " structures, its most. Put " + request.name()
                    + " into one of them, as a row of a table for instance.");
        }
        if (publishedBytes >= 0 && publishedBytes + request.dataLength() > PublishLayout.IMAGE_CAPACITY) {
            throw new CapacityExceededException("Segment " + engine.segment() + " cannot publish " + request.name()
                    + ": it has " + request.dataLength() + " bytes, and " + publishedBytes + " of "
                    + PublishLayout.IMAGE_CAPACITY + " are taken by other published records. Publish less.");
        }
        // Before anything multiplies or adds a length that no segment can have.
        if (request.dataLength() > geometry.arenaLength()) {
            requireFree(request.name(), request.dataLength());
        }
    }

    private void requireFree(String name, long totalBytes) {
        if (totalBytes > freeBytes()) {
            throw new CapacityExceededException(
                    "Segment " + engine.segment() + " has no room for " + name + ": it needs "
                            + totalBytes + " bytes, " + freeBytes() + " of "
                            + (geometry.arenaLength() - ArenaLayout.FIRST_BLOCK_OFFSET)
                            + " are free. Raise " + CapacityExceededException.STATE + ", and `coppice reload`.");
        }
    }

    private void readDirectory() {
        List<StructureInfo> structures = Directory.read(new ArenaBytes(engine.memory, geometry), geometry);
        known.clear();
        engine.publisher().clear();
        engine.stamped().clear();
        for (StructureInfo structure : structures) {
            known.put(structure.name(), structure);
            if (structure.type() == StructureType.PUBLISHED_RECORD) {
                engine.publisher()
                        .add(structure.offsetBytes(), structure.publishOffsetBytes(), structure.recordBytes());
            }
            if (structure.type().shape().isStamped()) {
                engine.stamped().add(structure);
            }
        }
    }
}
