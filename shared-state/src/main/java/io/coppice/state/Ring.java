package io.coppice.state;

import java.util.Objects;

/**
 * The writer's end of a ring of messages. Owner's thread only; sending allocates nothing. {@link RingLayout} argues why
 * neither a crash nor a reader at any moment tears what is sent.
 *
 * <p>What is sent counts, for everybody, from the next {@link State#commit()} on, together with all other changes; a rollback
 * or crash takes it back unseen.
 */
abstract class Ring extends Structure {
    final CommitEngine engine;
    final String structure;
    final int capacity;
    final OwnPlace end;
    private final Memory memory;
    private final int mask;
    private final int maxMessageBytes;
    private final long ring;
    private final long origin;
    private long data;

    /** When {@link #sayChecked} was last right; a rollback takes back what it stored. */
    private long saidAtRestores = -1;

    Ring(CommitEngine engine, StructureInfo info, boolean uncommitted) {
        this.engine = engine;
        this.memory = engine.memory;
        this.structure = info.name();
        this.capacity = info.capacity();
        this.mask = capacity - 1;
        this.maxMessageBytes = RingLayout.maxMessageBytes(capacity);
        this.data = info.offsetBytes();
        this.ring = data + RingLayout.ringOffset((int) info.parameter2());
        this.end = new OwnPlace(engine, data + RingLayout.END_OFFSET, uncommitted);
        this.origin = History.origin(memory);
    }

    /** Bytes of the ring. A message takes its length and 8 more, rounded up to 8. */
    public int capacityBytes() {
        return capacity;
    }

    /** Longest message, in bytes. */
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /** Messages sent in all, those since the last commit included. */
    public long messages() {
        requireAttached();
        end.refresh();
        return end.number();
    }

    /** Whether messages up to {@code newEnd} may be stored; raises {@link #intactFrom} as far as they need. */
    abstract boolean makeRoom(long newEnd);

    final boolean send(byte[] source, int from, int length) {
        requireAttached();
        Objects.checkFromIndexSize(from, length, source.length);
        if (length > maxMessageBytes) {
            throw new CapacityExceededException("A message of " + length + " bytes is too long for " + structure
                    + " of segment " + engine.segment() + ": a ring of " + capacity + " bytes takes " + maxMessageBytes
                    + " at most. Declare a larger ring (the manifest key `state` must have room for it).");
        }
        end.refresh();
        long position = end.position();
        boolean checked = engine.checksum().isOn();
        int taken = RingLayout.taken(length) + (checked ? RingLayout.CHECKSUM_LENGTH : 0);
        int untilEnd = capacity - ((int) position & mask);
        boolean pad = taken > untilEnd;
        long start = pad ? position + untilEnd : position;
        boolean logged = end.logged();
        engine.begin(data, logged ? loggedBytes(taken) : 5L * UndoLayout.ONE_WORD_ENTRY, structure);
        if (!makeRoom(start + taken)) {
            engine.end();
            return false;
        }
        long timeline = History.of(memory);
        if (end.timeline() != timeline) {
            startTimeline();
        }
        if (saidAtRestores != engine.restores()) {
            sayChecked(checked, start);
        }
        if (pad) {
            header(position, untilEnd - RingLayout.MESSAGE_OFFSET, RingLayout.PADDING, logged);
        }
        header(start, length, checked ? RingLayout.CHECKED_MESSAGE : RingLayout.MESSAGE, logged);
        long at = at(start) + RingLayout.MESSAGE_OFFSET;
        if (logged) {
            engine.setBytes(at, source, from, length);
        } else {
            memory.putBytes(at, source, from, length);
        }
        if (checked) {
            checksum(start, taken, source, from, length, logged);
        }
        end.move(origin, timeline, start + taken, end.number() + 1);
        engine.end();
        return true;
    }

    /** Messages below this position may be overwritten, or are; see {@link RingLayout}. */
    final long intactFrom() {
        return memory.getLong(data + RingLayout.INTACT_FROM_OFFSET);
    }

    /** Before any store that overwrites what lies below. */
    final void raiseIntactFrom(long position) {
        if (end.logged()) {
            engine.setLong(data + RingLayout.INTACT_FROM_OFFSET, position);
        } else {
            memory.putLongRelease(data + RingLayout.INTACT_FROM_OFFSET, position);
            memory.releaseFence();
        }
    }

    /** The position where a reader that was on another timeline goes on, as {@link RingReader#resync} moves it. */
    final long resumeAt(long readerOrigin, long readerTimeline, long position) {
        long timeline = History.of(memory);
        if (readerOrigin == origin && readerTimeline == timeline) {
            return position;
        }
        boolean sent = end.timeline() == timeline;
        long previous = sent ? memory.getLong(data + RingLayout.PREVIOUS_TIMELINE_OFFSET) : end.timeline();
        long start = sent ? memory.getLong(data + RingLayout.START_POSITION_OFFSET) : end.position();
        return readerOrigin == origin && readerTimeline == previous ? Math.min(position, start) : start;
    }

    final void requireAttached() {
        if (data < 0) {
            engine.getLong(data);
        }
    }

    @Override
    void detach() {
        data = DETACHED;
    }

    /** The first message on a timeline says where the timeline begins, for readers that were on another. */
    private void startTimeline() {
        if (end.timeline() != 0) {
            engine.setLong(data + RingLayout.PREVIOUS_TIMELINE_OFFSET, end.timeline());
            engine.setLong(data + RingLayout.START_POSITION_OFFSET, end.position());
            engine.setLong(data + RingLayout.START_NUMBER_OFFSET, end.number());
        }
    }

    private void header(long position, int length, int kind, boolean logged) {
        long at = at(position);
        if (logged) {
            engine.logRange(at, 1);
        }
        memory.putLong(at, RingLayout.header(length, kind));
    }

    /** Whether messages have checksums stays the same for as long as an owner has the segment. */
    private void sayChecked(boolean checked, long start) {
        long at = data + RingLayout.CHECKED_FROM_OFFSET;
        if (checked != (memory.getLong(at) != 0)) {
            engine.setLong(at, checked ? start + 1 : 0);
        }
        saidAtRestores = engine.restores();
    }

    /** The last word of what a message takes; see {@link RingLayout}. */
    private void checksum(long start, int taken, byte[] source, int from, int length, boolean logged) {
        long header = RingLayout.header(length, RingLayout.CHECKED_MESSAGE);
        long at = at(start) + taken - RingLayout.CHECKSUM_LENGTH;
        if (logged) {
            engine.logRange(at, 1);
        }
        memory.putLong(at, ArenaHash.ofMessage(start, header, source, from, length));
    }

    private long at(long position) {
        return ring + ((int) position & mask);
    }

    private static long loggedBytes(int taken) {
        return UndoLayout.entryBytes(taken >> 3) + OwnPlace.LOGGED_BYTES + 10L * UndoLayout.ONE_WORD_ENTRY;
    }
}
