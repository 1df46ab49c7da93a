package io.coppice.state;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A segment as everybody but its owner sees it: mapped read-only, trusted in nothing. Made by {@link
 * SegmentFile#openReadOnly}. One thread per instance. Reading never disturbs the owner and needs no lock; the owner may be
 * alive, dead, or dead in the middle of a commit.
 *
 * <p>The single-word reads allocate nothing. They throw {@link SegmentDamagedException} if the file was truncated under
 * the mapping; {@link #snapshot} answers with a result instead.
 *
 * <p>To pair a {@link #phase} with an {@link #incarnation}, read the incarnation first.
 */
public final class ReadOnlySegment implements AutoCloseable {
    private final Memory memory;
    private final Header header;
    private final SegmentGeometry geometry;
    private final @Nullable MappedMemory mapping;

    ReadOnlySegment(Memory memory, Header header, @Nullable MappedMemory mapping) {
        this.memory = memory;
        this.header = header;
        this.geometry = header.geometry();
        this.mapping = mapping;
    }

    /** The segment's identity as it was when this was opened. */
    public Header header() {
        return header;
    }

    /** Number of the last commit; 0 before the first. */
    public long commitSequenceAcquire() {
        return memory.getLongAcquire(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
    }

    /** The timeline the contents are on; see {@link Timeline}. */
    public long timelineAcquire() {
        return memory.getLongAcquire(HeaderLayout.TIMELINE_OFFSET);
    }

    /** The newest timelines on record, oldest first; empty while a step back is being made. Allocates. */
    public List<Timeline> timelines() {
        return Timelines.read(memory);
    }

    /**
     * The step back that is being made, or that the last owner died in; snapshots answer {@link SnapshotResult.Busy} in the
     * meantime.
     *
     * @throws SegmentDamagedException if the segment does not say which
     */
    public Optional<StepBackKind> stepBack() {
        int code = (int) memory.getLongAcquire(HeaderLayout.STEP_BACK_OFFSET);
        if (code == StepBack.NONE) {
            return Optional.empty();
        }
        return Optional.of(StepBackKind.of(code)
                .orElseThrow(() -> new SegmentDamagedException("Segment " + name() + ": step back " + code + ".")));
    }

    /** Commit sequence of the last commit that a step of the last owner made; 0 none. Whatever that wrote. */
    public long lastStepCommit() {
        return memory.getLongAcquire(HeaderLayout.LAST_STEP_COMMIT_OFFSET);
    }

    /** Checkpoints whose description is sound, newest first. Allocates. */
    public List<Checkpoint> checkpoints() {
        return new Checkpoints(memory, geometry).list();
    }

    /** Whether a checkpoint's data is what was copied when it was made. Reads all of it. */
    public boolean verify(Checkpoint checkpoint) {
        return new Checkpoints(memory, geometry).verify(checkpoint);
    }

    /**
     * What a checkpoint holds, as {@link #snapshot()} shows the present contents; empty if its owner has overwritten it
     * meanwhile. Allocates copies of all of it.
     *
     * @throws ArithmeticException if it is longer than an array can be, 2 GiB
     * @throws SegmentDamagedException if its data is not what was copied when it was made, or contradicts itself
     */
    public Optional<StateView> contents(Checkpoint checkpoint) {
        return new Checkpoints(memory, geometry).contents(checkpoint, name());
    }

    /**
     * Whether the arena is what the last commit left, by the checksum that the segment keeps of it; also while the owner
     * lives, or died in the middle of a step. Reads all of it; allocates a MiB and what the undo log holds.
     *
     * @throws SegmentDamagedException if the file was truncated
     */
    public ChecksumVerdict checksum() {
        return new ChecksumLook(memory, geometry).take();
    }

    /** Turns of the owner's loop. */
    public long heartbeatCountAcquire() {
        return memory.getLongAcquire(HeaderLayout.HEARTBEAT_COUNT_OFFSET);
    }

    /** The heartbeat count at which {@link #busyAtMostMs} was announced; it holds only while the two are equal. -1 none. */
    public long busyAtCount() {
        return memory.getLongAcquire(HeaderLayout.BUSY_AT_COUNT_OFFSET);
    }

    /** Milliseconds the owner announced its step may take; whatever it wrote, so check the range. */
    public long busyAtMostMs() {
        return memory.getLongAcquire(HeaderLayout.BUSY_AT_MOST_MS_OFFSET);
    }

    /** The kernel's number of the owner's loop thread, as it said: any value. 0 if it did not. */
    public long loopThread() {
        return memory.getLongAcquire(HeaderLayout.LOOP_THREAD_OFFSET);
    }

    /**
     * One more than the questions that the owner's JVM has answered, whatever its loop did meanwhile; 0 if it answers none. Whatever the
     * owner wrote.
     */
    public long answers() {
        return memory.getLongAcquire(HeaderLayout.ANSWERS_OFFSET);
    }

    /**
     * What a slot of the owner's transactions is to work on, as the owner told: any value. The id of a request; its negative, if
     * it is to be discarded; 0 none.
     *
     * @param slot 1 to {@link OwnedSegment#MAX_SLOTS}
     */
    public long request(int slot) {
        return memory.getLongAcquire(HeaderLayout.requestOffset(slot));
    }

    /** Number of the last of the root's orders that the owner has carried out, as it told: any value; 0 none. */
    public long orderDone() {
        return memory.getLongAcquire(HeaderLayout.ORDER_DONE_OFFSET);
    }

    /** The request that the contents of a slot's segment belong to, as its owner told: any value; 0 none. */
    public long requestId() {
        return memory.getLongAcquire(HeaderLayout.REQUEST_ID_OFFSET);
    }

    /**
     * Whether the contents belong to that request and hold its result, committed. They stay until the slot gets another request.
     * Allocates nothing.
     */
    public boolean done(long id) {
        if (memory.getLongAcquire(HeaderLayout.REQUEST_ID_OFFSET) != id) {
            return false;
        }
        long stamp = memory.getLongAcquire(HeaderLayout.RESULT_STAMP_OFFSET);
        if (stamp <= 0 || stamp > memory.getLongAcquire(HeaderLayout.COMMIT_SEQUENCE_OFFSET)) {
            return false;
        }
        // Another commit may have got the number of one that was rolled back, and other contents both: the stamp is
        // gone then.
        return memory.getLongAcquire(HeaderLayout.RESULT_STAMP_OFFSET) == stamp
                && memory.getLong(HeaderLayout.REQUEST_ID_OFFSET) == id;
    }

    /** What the owner says it is doing: a {@link Phase} code, or any other number. */
    public int phase() {
        int phase = memory.getInt(HeaderLayout.PHASE_OFFSET);
        memory.loadFence();
        return phase;
    }

    /** Incarnation of the last owner; 0 before the first. */
    public long incarnation() {
        return memory.getLongAcquire(HeaderLayout.INCARNATION_OFFSET);
    }

    /** Process id of the last owner, as it said; 0 before the first. */
    public long ownerPid() {
        return memory.getLongAcquire(HeaderLayout.OWNER_PID_OFFSET);
    }

    /**
     * The word by which the kernel tells that the owner's loop thread has died, to be read by {@link LoopWord}: whatever the
     * owner wrote. No load that follows is made before it.
     */
    public int loopWord() {
        int word = memory.getInt(HeaderLayout.LOOP_LOCK_OFFSET);
        memory.loadFence();
        return word;
    }

    /**
     * Where {@link #loopWord} is in this process's address space, for a wait on that futex; nobody but its owner may do more
     * with it. Of no use once this is closed.
     *
     * @throws IndexOutOfBoundsException if it is
     */
    public long loopWordAddress() {
        return mapped().addressOf(HeaderLayout.LOOP_LOCK_OFFSET);
    }

    /**
     * What the last owner left to be told of its end, empty if nothing, or if it is being written or damaged. Control
     * characters other than line feed and tab are replaced. Allocates.
     */
    public Optional<String> lastWords() {
        long before = memory.getLongAcquire(HeaderLayout.LAST_WORDS_SEQUENCE_OFFSET);
        int length = memory.getInt(HeaderLayout.LAST_WORDS_LENGTH_OFFSET);
        if ((before & 1) != 0 || length <= 0 || length > HeaderLayout.LAST_WORDS_CAPACITY) {
            return Optional.empty();
        }
        byte[] bytes = new byte[length];
        memory.getBytes(HeaderLayout.LAST_WORDS_OFFSET, bytes, 0, length);
        memory.loadFence();
        return memory.getLong(HeaderLayout.LAST_WORDS_SEQUENCE_OFFSET) == before
                ? Optional.of(printable(new String(bytes, StandardCharsets.UTF_8)))
                : Optional.empty();
    }

    /** All structures as of one commit. Allocates copies of them. */
    public SnapshotResult snapshot() {
        return new ConsistentCopy(memory, geometry, name()).take(null);
    }

    /** Those structures (they that exist) as of one commit: less to copy, so more likely to succeed against a fast writer. */
    public SnapshotResult snapshot(Collection<String> names) {
        return new ConsistentCopy(memory, geometry, name()).take(List.copyOf(names));
    }

    /** A view of a published record; see {@link PublishedView#refresh()}. The record need not exist yet. */
    public PublishedView published(String structure, RecordLayout layout) {
        return new PublishedView(memory, geometry, name(), RecordLayout.requireName("structure", structure), layout);
    }

    /** Reads rows of a table of that layout, or a record, one at a time. It need not exist yet. */
    public RowReader rows(String structure, RecordLayout layout) {
        return new RowReader(memory, geometry, name(), RecordLayout.requireName("structure", structure), layout);
    }

    /**
     * Reads a channel or broadcast of this segment from where {@code cursor}, a cursor of the reader's own segment, stands.
     * The ring need not exist yet. To be used on the thread of the cursor's owner.
     *
     * @throws IllegalArgumentException if the cursor is for another writer's ring
     */
    public RingReader ring(Cursor cursor) {
        if (!cursor.writer().equals(header.name())) {
            throw new IllegalArgumentException("A cursor for ring " + cursor.ring() + " of " + cursor.writer()
                    + " cannot read segment " + name() + ".");
        }
        return new RingReader(this, cursor);
    }

    /** Finds requests of this daemon's transactions, one at a time, also while it commits without pause. */
    public RequestReader requests() {
        return new RequestReader(memory, geometry, name());
    }

    /**
     * The result of a request that is {@link #done}. Allocates the result, and little more.
     *
     * @param mostBytes that it may have
     * @throws SegmentDamagedException if it is not done, or not any more when all was read; if the segment does not hold what a result is;
     *     if the file was truncated
     * @throws CapacityExceededException if it is longer
     */
    public byte[] result(long id, long mostBytes) {
        try {
            if (done(id)) {
                byte[] result =
                        new ResultReader(memory, geometry).read(Math.min(mostBytes, SegmentSpec.MAX_LENGTH_BYTES));
                memory.loadFence();
                if (done(id)) {
                    return result;
                }
            }
        } catch (IndexOutOfBoundsException e) {
            throw new SegmentDamagedException("The result is damaged: " + e.getMessage(), e);
        }
        throw new SegmentDamagedException("Segment " + name() + " does not hold it any more.");
    }

    /** The directory as of one commit, null if the owner is too fast. Allocates. */
    @Nullable
    List<StructureInfo> directory() {
        return new ConsistentCopy(memory, geometry, name()).directory();
    }

    /** Unmaps; everything but {@link #header} throws afterwards. */
    @Override
    public void close() {
        if (mapping != null) {
            mapping.close();
        }
    }

    /** The words themselves, for an owner that copies abandoned contents back. */
    Memory memory() {
        return memory;
    }

    SegmentGeometry geometry() {
        return geometry;
    }

    private MappedMemory mapped() {
        if (mapping == null) {
            throw new IllegalStateException("Segment " + name() + " is no mapping of a file; it has no address.");
        }
        return mapping;
    }

    private String name() {
        return header.instance() + "/" + header.name();
    }

    private static String printable(String text) {
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isISOControl(c) && c != '\n' && c != '\t' ? 0xfffd : c)
                .forEach(result::appendCodePoint);
        return result.toString();
    }
}
