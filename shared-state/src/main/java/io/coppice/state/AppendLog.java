package io.coppice.state;

import java.util.Objects;

/**
 * A log of byte entries of any length, oldest first, in the owner's segment: of bounded entries and bytes, each entry found by
 * its sequence (0, 1, 2, …) in constant time. Owner's thread only; nothing here allocates.
 *
 * <p>Changes are in place, undone by a rollback or a crash, and kept by {@link State#commit()}; an entry that is rolled back
 * gives its sequence back. An operation that throws changed nothing. The room of entries that {@link #truncateBefore} drops
 * may be taken by entries of the same commit, so what lay there is logged like any change: an append takes its length, and
 * up to 112 bytes, of the undo log.
 */
public final class AppendLog extends Structure {
    private static final long INDEX_ENTRY_WORDS = AppendLogLayout.INDEX_ENTRY_LENGTH / Long.BYTES;

    private final CommitEngine engine;
    private final String structure;
    private final int capacityEntries;
    private final long ring;
    private long data;

    AppendLog(CommitEngine engine, StructureInfo info) {
        this.engine = engine;
        this.structure = info.name();
        this.capacityEntries = info.capacity();
        this.ring = info.parameter2();
        this.data = info.offsetBytes();
    }

    /** Bytes of its capacity that an entry takes: its length, rounded up to a multiple of 8. */
    public static long entryBytes(int lengthBytes) {
        return AppendLogLayout.padded(lengthBytes);
    }

    /** Bytes of {@link State#freeBytes()} that a log of those capacities takes. */
    public static long sizeBytes(int capacityEntries, long capacityBytes) {
        return Align.up(
                Directory.dataOffset(0)
                        + AppendLogLayout.dataLength(capacityEntries, AppendLogLayout.padded(capacityBytes)),
                ArenaLayout.ALIGNMENT);
    }

    /** Sequence of the oldest entry kept; {@link #nextSequence()} if none is. */
    public long firstSequence() {
        long first = engine.getLong(data + AppendLogLayout.FIRST_SEQUENCE_OFFSET);
        checkSequences(first, engine.getLong(data + AppendLogLayout.NEXT_SEQUENCE_OFFSET));
        return first;
    }

    /** Sequence of the entry that will be appended next; 0 at first. */
    public long nextSequence() {
        long next = engine.getLong(data + AppendLogLayout.NEXT_SEQUENCE_OFFSET);
        checkSequences(engine.getLong(data + AppendLogLayout.FIRST_SEQUENCE_OFFSET), next);
        return next;
    }

    /** Entries kept. */
    public int size() {
        return (int) (nextSequence() - firstSequence());
    }

    /** Most entries it can hold. */
    public int capacityEntries() {
        return capacityEntries;
    }

    /** Most bytes it can hold, each entry padded to 8. */
    public long capacityBytes() {
        return ring;
    }

    /** Bytes that are free; an entry takes {@link #entryBytes} of them. */
    public long freeBytes() {
        long first = firstSequence();
        long next = engine.getLong(data + AppendLogLayout.NEXT_SEQUENCE_OFFSET);
        return first == next ? ring : ring - (nextPosition() - positionOf(first));
    }

    /**
     * Appends an entry.
     *
     * @param length 0 or more
     * @return its sequence
     * @throws CapacityExceededException if there is no room for one more entry, or for its bytes
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public long append(byte[] source, int from, int length) {
        Objects.checkFromIndexSize(from, length, source.length);
        long sequence = nextSequence();
        requireRoom(sequence, length);
        long position = nextPosition();
        long start = position % ring;
        int piece = (int) Math.min(length, ring - start);
        engine.begin(data, undoBytes(piece, length - piece), structure);
        long bytes = AppendLogLayout.bytesOffset(data, capacityEntries);
        engine.setBytes(bytes + start, source, from, piece);
        engine.setBytes(bytes, source, from + piece, length - piece);
        long index = index(sequence);
        engine.logRange(index, INDEX_ENTRY_WORDS);
        engine.setLong(index + AppendLogLayout.INDEX_POSITION_OFFSET, position);
        engine.setLong(index + AppendLogLayout.INDEX_LENGTH_OFFSET, length);
        engine.setLong(data + AppendLogLayout.NEXT_POSITION_OFFSET, position + AppendLogLayout.padded(length));
        engine.setLong(data + AppendLogLayout.NEXT_SEQUENCE_OFFSET, sequence + 1);
        engine.end();
        return sequence;
    }

    /**
     * Bytes of an entry.
     *
     * @throws IndexOutOfBoundsException if no entry of that sequence is kept
     */
    public int length(long sequence) {
        requireKept(sequence);
        positionOf(sequence);
        return (int) engine.getLong(index(sequence) + AppendLogLayout.INDEX_LENGTH_OFFSET);
    }

    /**
     * Copies an entry to {@code target} from index {@code at} on.
     *
     * @return its length
     * @throws IndexOutOfBoundsException if no entry of that sequence is kept, or {@code target} is too short; nothing was
     *     copied then
     */
    public int read(long sequence, byte[] target, int at) {
        int length = length(sequence);
        Objects.checkFromIndexSize(at, length, target.length);
        long start = positionOf(sequence) % ring;
        int piece = (int) Math.min(length, ring - start);
        long bytes = AppendLogLayout.bytesOffset(data, capacityEntries);
        engine.memory.getBytes(bytes + start, target, at, piece);
        engine.memory.getBytes(bytes, target, at + piece, length - piece);
        return length;
    }

    /**
     * Drops the entries before a sequence, and frees their room. One word changes, however many they are.
     *
     * @param sequence at most {@link #nextSequence()}, which drops all; nothing is done if that entry was dropped before
     * @throws IndexOutOfBoundsException if it is larger
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public void truncateBefore(long sequence) {
        long first = firstSequence();
        long next = nextSequence();
        if (sequence > next) {
            throw new IndexOutOfBoundsException("Cannot drop the entries before " + sequence + " of append log "
                    + structure + " in segment " + engine.segment() + kept(first, next));
        }
        if (sequence > first) {
            engine.setLong(data + AppendLogLayout.FIRST_SEQUENCE_OFFSET, sequence);
        }
    }

    @Override
    void detach() {
        data = DETACHED;
    }

    /** The end of a message on a sequence that is not there. */
    static String kept(long first, long next) {
        return first == next
                ? ": it is empty, and the next is " + next + "."
                : ": it holds " + first + " to " + (next - 1) + ".";
    }

    private static long undoBytes(long piece, long rest) {
        return undoBytes(piece)
                + undoBytes(rest)
                + UndoLayout.entryBytes(INDEX_ENTRY_WORDS)
                + 2L * UndoLayout.ONE_WORD_ENTRY;
    }

    private static long undoBytes(long length) {
        return length == 0 ? 0 : UndoLayout.entryBytes(AppendLogLayout.padded(length) / Long.BYTES);
    }

    private void requireRoom(long sequence, int length) {
        long first = engine.getLong(data + AppendLogLayout.FIRST_SEQUENCE_OFFSET);
        if (sequence - first == capacityEntries) {
            throw new CapacityExceededException("Append log " + structure + " of segment " + engine.segment()
                    + " is full: it holds its capacity of " + capacityEntries + " entries" + advice("capacityEntries"));
        }
        long free = freeBytes();
        if (length > free) {
            throw new CapacityExceededException("Append log " + structure + " of segment " + engine.segment()
                    + " is full: an entry of " + length + " bytes does not fit, " + free + " of its capacity of " + ring
                    + " bytes are free" + advice("capacityBytes"));
        }
    }

    private static String advice(String capacity) {
        return ". Drop the oldest (truncateBefore), or declare a larger " + capacity + ", and raise "
                + CapacityExceededException.STATE_FOR_LAYOUT;
    }

    private void requireKept(long sequence) {
        long first = firstSequence();
        long next = nextSequence();
        if (sequence < first || sequence >= next) {
            throw new IndexOutOfBoundsException("No entry " + sequence + " in append log " + structure + " of segment "
                    + engine.segment() + kept(first, next));
        }
    }

    private long index(long sequence) {
        return AppendLogLayout.indexOffset(data, sequence, capacityEntries);
    }

    private long nextPosition() {
        long position = engine.getLong(data + AppendLogLayout.NEXT_POSITION_OFFSET);
        if (position < 0 || position % Long.BYTES != 0) {
            throw damaged("its next entry starts at position " + position);
        }
        return position;
    }

    /** Where the bytes of a kept entry start, once it is sure that they and its length are within the ring. */
    private long positionOf(long sequence) {
        long index = index(sequence);
        long position = engine.getLong(index + AppendLogLayout.INDEX_POSITION_OFFSET);
        long length = engine.getLong(index + AppendLogLayout.INDEX_LENGTH_OFFSET);
        long next = nextPosition();
        if (position < 0
                || position > next
                || position % Long.BYTES != 0
                || next - position > ring
                || length < 0
                || length > next - position) {
            throw damaged("entry " + sequence + " has " + length + " bytes at position " + position
                    + ", and the next one starts at " + next);
        }
        return position;
    }

    private void checkSequences(long first, long next) {
        if (first < 0 || next < first || next - first > capacityEntries) {
            throw damaged("it holds entries from " + first + " up to, and without, " + next);
        }
    }

    private SegmentDamagedException damaged(String problem) {
        return new SegmentDamagedException("Append log " + structure + " of segment " + engine.segment()
                + " is damaged: it says that " + problem + "; it has room for " + capacityEntries + " entries and "
                + ring + " bytes.");
    }
}
