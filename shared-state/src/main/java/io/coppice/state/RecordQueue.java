package io.coppice.state;

import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A first-in first-out queue of records of one layout, of fixed capacity, in the owner's segment. Owner's thread only;
 * nothing here allocates.
 *
 * <p>Changes are in place, undone by a rollback or a crash, and kept by {@link State#commit()}: what a step took out of a
 * queue and what it made of it are committed together, or the successor finds the record in the queue again. An operation
 * that throws changed nothing.
 *
 * <p>The records handed out are windows on the queue's memory, moved from record to record: {@link #add()} and
 * {@link #offer()} share one, {@link #peek()}, {@link #poll()} and {@link #remove()} another. Each is good until the next
 * call that moves it. A record that was polled still shows what it held, but the next one added may take its place.
 */
public final class RecordQueue extends Structure {
    private final CommitEngine engine;
    private final String structure;
    private final RecordLayout layout;
    private final int capacity;
    private final int recordBytes;
    private final Record newest;
    private final Record oldest;
    private final Record visited;
    private long data;

    RecordQueue(CommitEngine engine, RecordLayout layout, StructureInfo info) {
        this.engine = engine;
        this.structure = info.name();
        this.layout = layout;
        this.capacity = info.capacity();
        this.recordBytes = info.recordBytes();
        this.data = info.offsetBytes();
        this.newest = new Record(engine, structure, layout, DETACHED, false);
        this.oldest = new Record(engine, structure, layout, DETACHED, false);
        this.visited = new Record(engine, structure, layout, DETACHED, false);
    }

    /** Bytes of {@link State#freeBytes()} that a queue of that layout and capacity takes. */
    public static long sizeBytes(RecordLayout layout, int capacity) {
        return Align.up(
                Directory.dataOffset(layout.fields().size()) + QueueLayout.dataLength(capacity, layout.sizeBytes()),
                ArenaLayout.ALIGNMENT);
    }

    /** Layout of every record. */
    public RecordLayout layout() {
        return layout;
    }

    /** Records present. */
    public int size() {
        long removed = engine.getLong(data + QueueLayout.REMOVED_OFFSET);
        return sizeChecked(engine.getLong(data + QueueLayout.ADDED_OFFSET), removed);
    }

    /** Whether there is no record. */
    public boolean isEmpty() {
        return size() == 0;
    }

    /** Most records it can hold. */
    public int capacity() {
        return capacity;
    }

    /**
     * Adds a record of zeros at the tail and returns it, to be filled in.
     *
     * @throws CapacityExceededException if the queue is full
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public Record add() {
        Record record = offer();
        if (record == null) {
            throw new CapacityExceededException("Queue " + structure + " of segment " + engine.segment()
                    + " is full: it holds its capacity of " + capacity
                    + " records. Take some out first, or declare a larger capacity, and raise "
                    + CapacityExceededException.STATE_FOR_LAYOUT);
        }
        return record;
    }

    /**
     * Adds a record of zeros at the tail and returns it, to be filled in; null if the queue is full.
     *
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public @Nullable Record offer() {
        long added = engine.getLong(data + QueueLayout.ADDED_OFFSET);
        if (sizeChecked(added, engine.getLong(data + QueueLayout.REMOVED_OFFSET)) == capacity) {
            return null;
        }
        long words = recordBytes >> 3;
        engine.begin(data, UndoLayout.entryBytes(words) + UndoLayout.ONE_WORD_ENTRY, structure);
        long record = offset(added);
        engine.setZero(record, words);
        engine.setLong(data + QueueLayout.ADDED_OFFSET, added + 1);
        engine.end();
        return newest.moveTo(record);
    }

    /** The record at the head, which stays there; null if there is none. It may be changed. */
    public @Nullable Record peek() {
        long removed = engine.getLong(data + QueueLayout.REMOVED_OFFSET);
        if (sizeChecked(engine.getLong(data + QueueLayout.ADDED_OFFSET), removed) == 0) {
            return null;
        }
        return oldest.moveTo(offset(removed));
    }

    /**
     * Takes the record at the head out of the queue and returns it, to be read at once; null if there is none.
     *
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public @Nullable Record poll() {
        long removed = engine.getLong(data + QueueLayout.REMOVED_OFFSET);
        if (sizeChecked(engine.getLong(data + QueueLayout.ADDED_OFFSET), removed) == 0) {
            return null;
        }
        engine.setLong(data + QueueLayout.REMOVED_OFFSET, removed + 1);
        return oldest.moveTo(offset(removed));
    }

    /**
     * Takes the record at the head out of the queue and returns it, to be read at once.
     *
     * @throws NoSuchElementException if there is none
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public Record remove() {
        Record record = poll();
        if (record == null) {
            throw new NoSuchElementException("Queue " + structure + " of segment " + engine.segment()
                    + " is empty. Ask poll(), which may refuse.");
        }
        return record;
    }

    /**
     * Takes all records out. One word changes, however many they are.
     *
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public void clear() {
        if (size() > 0) {
            engine.setLong(data + QueueLayout.REMOVED_OFFSET, engine.getLong(data + QueueLayout.ADDED_OFFSET));
        }
    }

    /**
     * Visits every record, the oldest first. The visitor gets the same object each time, may change its fields, and must
     * not add to the queue or take from it.
     */
    public void forEach(Consumer<Record> visitor) {
        long removed = engine.getLong(data + QueueLayout.REMOVED_OFFSET);
        int size = size();
        for (int i = 0; i < size; i++) {
            visitor.accept(visited.moveTo(offset(removed + i)));
        }
    }

    @Override
    void detach() {
        data = DETACHED;
        newest.detach();
        oldest.detach();
        visited.detach();
    }

    private long offset(long number) {
        return QueueLayout.recordOffset(data, number, capacity, recordBytes);
    }

    private int sizeChecked(long added, long removed) {
        long size = added - removed;
        if (removed < 0 || added < 0 || size < 0 || size > capacity) {
            throw new SegmentDamagedException("Queue " + structure + " of segment " + engine.segment() + " says that "
                    + added + " records were added and " + removed + " removed; its capacity is " + capacity + ".");
        }
        return (int) size;
    }
}
