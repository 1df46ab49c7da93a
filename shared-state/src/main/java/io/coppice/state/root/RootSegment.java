package io.coppice.state.root;

import io.coppice.state.Heartbeat;
import io.coppice.state.OwnedSegment;
import io.coppice.state.Record;
import io.coppice.state.RecordTable;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.State;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root's segment as its root writes it: one record about the root, one row per child, the last {@value
 * RootLayouts#EVENT_ROWS} events. Duty-cycle thread only. What one duty cycle changes becomes permanent and visible with
 * one {@link #commit()}. The caller holds the instance's root lock for as long as this is open.
 *
 * <p>A root that died leaves its last commit behind; {@link #open} rolls back what was not committed, and everything can be
 * read back through the same rows.
 */
public final class RootSegment implements AutoCloseable {
    /** Name in the segment's header. */
    public static final String NAME = "root";

    /** Most children of one instance. */
    public static final int MAX_CHILDREN = RootLayouts.MAX_CHILDREN;

    /** Most standbys of one child. */
    public static final int STANDBYS_PER_CHILD = RootLayouts.STANDBYS_PER_CHILD;

    /** Most groups of one instance, with the outermost one. */
    public static final int MAX_GROUPS = RootLayouts.MAX_GROUPS;

    /** Events kept; older ones are overwritten. */
    public static final int EVENT_CAPACITY = RootLayouts.EVENT_ROWS;

    /**
     * Length of the segment. Its undo log, one eighth (2.25 MiB), holds the largest change of one commit: a root that begins in place of one that had as
     * many of everything as there may be stores each field of each row, and no step records more events than are kept. That takes 2 to 2.1 MiB.
     */
    public static final long LENGTH_BYTES = 18L << 20;

    private final OwnedSegment segment;
    private final State state;
    private final Record root;
    private final RecordTable events;
    private final ChildRow[] children;
    private final ResumeRow[] resumeRows;
    private final StandbyRow[] standbyRows;
    private final GroupRow[] groupRows;

    private RootSegment(OwnedSegment segment) {
        this.segment = segment;
        segment.recover();
        this.state = segment.state();
        this.root = state.record(RootLayouts.ROOT_STRUCTURE, RootLayouts.ROOT_LAYOUT);
        RecordTable table = state.table(RootLayouts.CHILDREN_STRUCTURE, RootLayouts.CHILD_LAYOUT, MAX_CHILDREN);
        this.events = state.table(RootLayouts.EVENTS_STRUCTURE, RootLayouts.EVENT_LAYOUT, EVENT_CAPACITY);
        RecordTable resume = state.table(RootLayouts.RESUME_STRUCTURE, RootLayouts.RESUME_LAYOUT, MAX_CHILDREN);
        RecordTable standbys = state.table(
                RootLayouts.STANDBYS_STRUCTURE, RootLayouts.STANDBY_LAYOUT, MAX_CHILDREN * STANDBYS_PER_CHILD);
        this.standbyRows = new StandbyRow[MAX_CHILDREN * STANDBYS_PER_CHILD];
        for (int i = 0; i < standbyRows.length; i++) {
            standbyRows[i] = new StandbyRow(standbys.row(i));
        }
        RecordTable groups = state.table(RootLayouts.GROUPS_STRUCTURE, RootLayouts.GROUP_LAYOUT, MAX_GROUPS);
        this.groupRows = new GroupRow[MAX_GROUPS];
        for (int i = 0; i < groupRows.length; i++) {
            groupRows[i] = new GroupRow(groups.row(i));
        }
        this.children = new ChildRow[MAX_CHILDREN];
        this.resumeRows = new ResumeRow[MAX_CHILDREN];
        for (int i = 0; i < children.length; i++) {
            children[i] = new ChildRow(table.row(i));
            resumeRows[i] = new ResumeRow(resume.row(i));
        }
        if (state.dirty()) {
            state.commit();
        }
    }

    /** What to reserve, create and validate for an instance's root. */
    public static SegmentSpec spec(String instance) {
        return new SegmentSpec(instance, NAME, SegmentSpec.KIND_ROOT, LENGTH_BYTES);
    }

    /**
     * Maps an existing root segment, rolls back what a predecessor did not commit, and attaches its tables.
     *
     * @param pid of this process
     * @param incarnation larger than any before; the start time in milliseconds since 1970 will do
     * @throws SegmentException if the file is not a valid root segment, or cannot be opened
     * @throws io.coppice.state.StateException if its contents are damaged or have other layouts
     */
    public static RootSegment open(Path file, long pid, long incarnation) throws SegmentException {
        OwnedSegment owned = SegmentFile.openOwnedUnderRootLock(file, pid, incarnation);
        try {
            return new RootSegment(owned);
        } catch (RuntimeException e) {
            try {
                owned.close();
            } catch (IOException notClosed) {
                e.addSuppressed(notClosed);
            }
            throw e;
        }
    }

    /** Tells who the root is now. The children and events of a predecessor stay. */
    public void begin(long pid, long startTicks, String bootId, long sinceEpochMs) {
        root.set(RootLayouts.ROOT_PID, pid);
        root.set(RootLayouts.ROOT_START_TICKS, startTicks);
        root.set(RootLayouts.ROOT_SINCE_EPOCH_MS, sinceEpochMs);
        byte[] bytes = Utf8Text.cut(bootId, RootLayouts.BOOT_ID_BYTES);
        root.set(RootLayouts.ROOT_BOOT_ID, bytes, 0, bytes.length);
        phase(RootPhase.RUNNING);
        root.set(RootLayouts.ROOT_GAVE_UP_AT_EPOCH_MS, 0);
    }

    /**
     * Tells that the root gave up, and ends everything on that account. {@link #begin} takes it back.
     *
     * @param atEpochMs more than 0
     * @param by the child whose restart was one too many
     */
    public void gaveUp(long atEpochMs, String by) {
        root.set(RootLayouts.ROOT_GAVE_UP_AT_EPOCH_MS, atEpochMs);
        byte[] name = Utf8Text.cut(by, RootLayouts.NAME_BYTES);
        root.set(RootLayouts.ROOT_GAVE_UP_BY, name, 0, name.length);
    }

    /** Tells which namespace the pids of the root and its children are numbers in, by its inode; 0 unknown. */
    public void pidNamespace(long inode) {
        root.set(RootLayouts.ROOT_PID_NAMESPACE, inode);
    }

    /**
     * Tells what the duty cycle has cost.
     *
     * @param turns of the duty cycle since this root began
     * @param allocatedBytes by the duty-cycle thread since then, as far as measured; 0 if it is not
     */
    public void cost(long turns, long allocatedBytes) {
        root.set(RootLayouts.ROOT_TURNS, turns);
        root.set(RootLayouts.ROOT_ALLOCATED_BYTES, allocatedBytes);
    }

    /** Tells what the root is doing. */
    public void phase(RootPhase phase) {
        root.set(RootLayouts.ROOT_PHASE, phase.code());
    }

    /** Sets how many rows, from the first on, are children. */
    public void childCount(int count) {
        if (count < 0 || count > MAX_CHILDREN) {
            throw new IllegalArgumentException(count + " children; an instance has at most " + MAX_CHILDREN + ".");
        }
        root.set(RootLayouts.ROOT_CHILD_COUNT, count);
    }

    /** How many rows are children. */
    public int childCount() {
        return (int) root.get(RootLayouts.ROOT_CHILD_COUNT);
    }

    /** Process id of the root that last called {@link #begin}; 0 if none did. */
    public long rootPid() {
        return root.get(RootLayouts.ROOT_PID);
    }

    /** Start time of that root in clock ticks since boot. */
    public long rootStartTicks() {
        return root.get(RootLayouts.ROOT_START_TICKS);
    }

    /** Boot that root ran in. */
    public String bootId() {
        return root.getString(RootLayouts.ROOT_BOOT_ID);
    }

    /**
     * Tells of which events somebody has been told, or is not to be: those up to this one.
     *
     * @param sequence 0 to {@link #eventCount()}
     */
    public void toldEvents(long sequence) {
        root.set(RootLayouts.ROOT_TOLD_EVENTS, sequence);
    }

    /** As the last root left it, within what there is. */
    public long toldEvents() {
        return Math.max(0, Math.min(root.get(RootLayouts.ROOT_TOLD_EVENTS), eventCount()));
    }

    /**
     * One of the last {@link #EVENT_CAPACITY} events. Allocates.
     *
     * @return empty if it is not there, or no release's that is known here
     */
    public Optional<RootSnapshot.EventInfo> event(long sequence) {
        if (sequence < 1 || sequence > eventCount() || sequence <= eventCount() - EVENT_CAPACITY) {
            return Optional.empty();
        }
        Record row = events.at((int) ((sequence - 1) % EVENT_CAPACITY));
        String about = Utf8Text.printable(row.getString(RootLayouts.EVENT_CHILD_NAME));
        return EventType.of(row.get(RootLayouts.EVENT_TYPE))
                .map(type -> new RootSnapshot.EventInfo(
                        sequence,
                        row.get(RootLayouts.EVENT_EPOCH_MS),
                        about.isEmpty() ? Optional.empty() : Optional.of(about),
                        type,
                        row.get(RootLayouts.EVENT_PID),
                        row.get(RootLayouts.EVENT_INCARNATION),
                        RootView.by(row.get(RootLayouts.EVENT_BY_UID), row.get(RootLayouts.EVENT_BY_PID)),
                        Utf8Text.printable(row.getString(RootLayouts.EVENT_TEXT))));
    }

    /** Events ever recorded. */
    public long eventCount() {
        return root.get(RootLayouts.ROOT_EVENT_COUNT);
    }

    /**
     * A child's row; the same object each time.
     *
     * @param index 0 to {@link #MAX_CHILDREN} - 1
     */
    public ChildRow child(int index) {
        if (index < 0 || index >= children.length) {
            throw new IndexOutOfBoundsException("Child " + index + "; an instance has at most " + MAX_CHILDREN + ".");
        }
        return children[index];
    }

    /**
     * What a successor needs of a child beside its row; the same object each time.
     *
     * @param index 0 to {@link #MAX_CHILDREN} - 1
     */
    public ResumeRow resume(int index) {
        return resumeRows[Objects.checkIndex(index, MAX_CHILDREN)];
    }

    /**
     * A standby of a child; the same object each time.
     *
     * @param index of the child, 0 to {@link #MAX_CHILDREN} - 1
     * @param place 0 to {@link #STANDBYS_PER_CHILD} - 1
     */
    public StandbyRow standby(int index, int place) {
        return standbyRows[
                Objects.checkIndex(index, MAX_CHILDREN) * STANDBYS_PER_CHILD
                        + Objects.checkIndex(place, STANDBYS_PER_CHILD)];
    }

    /**
     * A group; the same object each time.
     *
     * @param index 0 to {@link #MAX_GROUPS} - 1
     */
    public GroupRow group(int index) {
        return groupRows[Objects.checkIndex(index, MAX_GROUPS)];
    }

    /** What the last root was doing; empty if none ever began. */
    public Optional<RootPhase> phase() {
        return RootPhase.of(root.get(RootLayouts.ROOT_PHASE));
    }

    /**
     * Records an event, over the oldest one once there are {@link #EVENT_CAPACITY}.
     *
     * @param childIndex row of the child, whose name is kept with it; or -1 for the root itself
     * @param pid of the process it is about, 0 if none
     * @param incarnation of the child, 0 if none
     * @param text of what exceeds 160 bytes of UTF-8 the beginning is kept, cut at a word, and {@code …}
     */
    public void event(long epochMs, int childIndex, EventType type, long pid, long incarnation, String text) {
        event(epochMs, childIndex, type, pid, incarnation, null, text);
    }

    /**
     * The same of what somebody asked for.
     *
     * @param by who it was; null if nobody was
     */
    public void event(
            long epochMs, int childIndex, EventType type, long pid, long incarnation, @Nullable Asker by, String text) {
        if (childIndex < -1 || childIndex >= MAX_CHILDREN) {
            throw new IllegalArgumentException(
                    "Event about child " + childIndex + "; rows are 0 to " + (MAX_CHILDREN - 1) + ".");
        }
        event(epochMs, childIndex, childIndex < 0 ? "" : children[childIndex].name(), type, pid, incarnation, by, text);
    }

    /**
     * The same for an event of the root's that is about something with a name.
     *
     * @param about a group, or the child on whose account it happened; empty for neither
     * @param by who asked for it; null if nobody did
     */
    public void eventOfRoot(long epochMs, EventType type, String about, @Nullable Asker by, String text) {
        event(epochMs, -1, about, type, 0, 0, by, text);
    }

    private void event(
            long epochMs,
            int childIndex,
            String about,
            EventType type,
            long pid,
            long incarnation,
            @Nullable Asker by,
            String text) {
        long sequence = eventCount() + 1;
        Record row = events.at((int) ((sequence - 1) % EVENT_CAPACITY));
        row.set(RootLayouts.EVENT_SEQUENCE, sequence);
        row.set(RootLayouts.EVENT_EPOCH_MS, epochMs);
        row.set(RootLayouts.EVENT_CHILD_INDEX, childIndex);
        row.set(RootLayouts.EVENT_TYPE, type.code());
        row.set(RootLayouts.EVENT_PID, pid);
        row.set(RootLayouts.EVENT_INCARNATION, incarnation);
        row.set(RootLayouts.EVENT_BY_UID, by == null ? RootLayouts.NOBODY : by.uid());
        row.set(RootLayouts.EVENT_BY_PID, by == null ? 0 : by.pid());
        byte[] name = Utf8Text.cut(about, RootLayouts.NAME_BYTES);
        row.set(RootLayouts.EVENT_CHILD_NAME, name, 0, name.length);
        byte[] bytes = Utf8Text.shorten(text, RootLayouts.TEXT_BYTES);
        row.set(RootLayouts.EVENT_TEXT, bytes, 0, bytes.length);
        root.set(RootLayouts.ROOT_EVENT_COUNT, sequence);
    }

    /** Whether anything changed since the last commit. */
    public boolean dirty() {
        return state.dirty();
    }

    /** Makes all changes since the last commit permanent and visible together. Allocates nothing. */
    public void commit() {
        state.commit();
    }

    /** Undoes all changes since the last commit. */
    public void rollback() {
        state.rollback();
    }

    /** Number of the last commit. */
    public long commitSequence() {
        return state.commitSequence();
    }

    /** The root's own heartbeat, for a watchdog of the root. */
    public Heartbeat heartbeat() {
        return segment.heartbeat();
    }

    /** Unmaps. What was not committed is rolled back by the next root. */
    @Override
    public void close() throws IOException {
        segment.close();
    }
}
