package io.coppice.state.root;

import io.coppice.state.LayoutMismatchException;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RecordView;
import io.coppice.state.RowReader;
import io.coppice.state.SegmentDamagedException;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.SnapshotResult;
import io.coppice.state.StateView;
import io.coppice.state.TableView;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.RootSnapshot.EventInfo;
import io.coppice.state.root.RootSnapshot.RootInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The root's segment as everybody but the root reads it, whether the root is alive or dead. One thread per instance. Every
 * number and text is checked; texts come without control characters.
 */
public final class RootView implements AutoCloseable {
    private final ReadOnlySegment segment;
    private final RowReader root;
    private final RowReader children;

    /** In which row a child of that name was last. */
    private final Map<String, Integer> rows = new HashMap<>();

    private RootView(ReadOnlySegment segment) {
        this.segment = segment;
        this.root = segment.rows(RootLayouts.ROOT_STRUCTURE, RootLayouts.ROOT_LAYOUT);
        this.children = segment.rows(RootLayouts.CHILDREN_STRUCTURE, RootLayouts.CHILD_LAYOUT);
    }

    /**
     * Maps a root segment read-only.
     *
     * @throws SegmentException if the file is missing, or not a valid root segment
     */
    public static RootView open(Path file) throws SegmentException {
        ReadOnlySegment segment = SegmentFile.openReadOnly(file);
        if (segment.header().kind() != SegmentSpec.KIND_ROOT) {
            segment.close();
            throw SegmentFile.wrongKind(file, segment.header().kind(), SegmentSpec.KIND_ROOT);
        }
        return new RootView(segment);
    }

    /** Name of the instance. */
    public String instance() {
        return segment.header().instance();
    }

    /** Number of the last commit: cheap to poll for changes. */
    public long commitSequenceAcquire() {
        return segment.commitSequenceAcquire();
    }

    /** The segment underneath, for tools that show any segment. */
    public ReadOnlySegment segment() {
        return segment;
    }

    /** Everything as of one commit. */
    public RootReadResult read() {
        SnapshotResult result = segment.snapshot();
        if (result instanceof SnapshotResult.Busy busy) {
            return new RootReadResult.Busy(busy.attempts());
        }
        if (result instanceof SnapshotResult.Damaged damaged) {
            return new RootReadResult.Damaged(damaged.reason());
        }
        return decode(((SnapshotResult.Snapshot) result).view());
    }

    /**
     * One child, from its row alone: for who asks often. Of what is elsewhere it says nothing: {@code unhealthy} is false,
     * {@code logStartBytes} 0, and there are no {@code standbys}. Copies a row if the child is where it last was, else
     * one row after the other.
     *
     * @return empty if there is none of that name; and if the row cannot be read just now, because the root is too fast, or is
     *     damaged: to be asked again when {@link #commitSequenceAcquire} has changed
     */
    public Optional<ChildInfo> child(String name) {
        try {
            Optional<RecordView> about = root.row(0);
            if (about.isEmpty()) {
                return Optional.empty();
            }
            long count = about.get().get(RootLayouts.ROOT_CHILD_COUNT);
            int last = rows.getOrDefault(name, 0);
            Optional<ChildInfo> there = last < count ? childIn(last, name) : Optional.empty();
            for (int row = 0; there.isEmpty() && row < Math.min(count, RootLayouts.MAX_CHILDREN); row++) {
                there = childIn(row, name);
            }
            there.ifPresent(child -> rows.put(name, child.index()));
            return there;
        } catch (SegmentDamagedException | UnknownCode | LayoutMismatchException e) {
            return Optional.empty();
        }
    }

    private Optional<ChildInfo> childIn(int index, String name) throws UnknownCode {
        Optional<RecordView> row = children.row(index);
        if (row.isEmpty() || !row.get().getString(RootLayouts.CHILD_NAME).equals(name)) {
            return Optional.empty();
        }
        return Optional.of(child(index, row.get(), false, 0, 0, List.of()));
    }

    /** Unmaps. */
    @Override
    public void close() {
        segment.close();
    }

    private static RootReadResult decode(StateView view) {
        if (view.structure(RootLayouts.STANDBYS_STRUCTURE).isEmpty()) {
            return new RootReadResult.Read(
                    new RootSnapshot(view.commitSequence(), Optional.empty(), List.of(), List.of(), List.of()));
        }
        try {
            RecordView root = view.record(RootLayouts.ROOT_STRUCTURE, RootLayouts.ROOT_LAYOUT);
            TableView children = view.table(RootLayouts.CHILDREN_STRUCTURE, RootLayouts.CHILD_LAYOUT);
            TableView resume = view.table(RootLayouts.RESUME_STRUCTURE, RootLayouts.RESUME_LAYOUT);
            TableView standbys = view.table(RootLayouts.STANDBYS_STRUCTURE, RootLayouts.STANDBY_LAYOUT);
            TableView groups = view.table(RootLayouts.GROUPS_STRUCTURE, RootLayouts.GROUP_LAYOUT);
            TableView events = view.table(RootLayouts.EVENTS_STRUCTURE, RootLayouts.EVENT_LAYOUT);
            return new RootReadResult.Read(new RootSnapshot(
                    view.commitSequence(),
                    rootInfo(root),
                    children(root, children, resume, standbys),
                    groups(groups),
                    events(root, events)));
        } catch (UnknownCode | LayoutMismatchException | IllegalArgumentException e) {
            return new RootReadResult.Damaged("Root segment: " + e.getMessage());
        }
    }

    private static Optional<RootInfo> rootInfo(RecordView root) throws UnknownCode {
        if (root.get(RootLayouts.ROOT_PID) == 0) {
            return Optional.empty();
        }
        return Optional.of(new RootInfo(
                root.get(RootLayouts.ROOT_PID),
                root.get(RootLayouts.ROOT_START_TICKS),
                Utf8Text.printable(root.get(RootLayouts.ROOT_BOOT_ID)),
                root.get(RootLayouts.ROOT_PID_NAMESPACE),
                root.get(RootLayouts.ROOT_SINCE_EPOCH_MS),
                known(RootPhase.of(root.get(RootLayouts.ROOT_PHASE)), "root phase", root.get(RootLayouts.ROOT_PHASE)),
                root.get(RootLayouts.ROOT_EVENT_COUNT),
                root.get(RootLayouts.ROOT_TURNS),
                root.get(RootLayouts.ROOT_ALLOCATED_BYTES),
                Math.max(0, root.get(RootLayouts.ROOT_GAVE_UP_AT_EPOCH_MS)),
                Utf8Text.printable(root.get(RootLayouts.ROOT_GAVE_UP_BY))));
    }

    private static List<ChildInfo> children(RecordView root, TableView table, TableView resume, TableView standbys)
            throws UnknownCode {
        long count = root.get(RootLayouts.ROOT_CHILD_COUNT);
        if (count < 0 || count > table.rows()) {
            throw new UnknownCode("childCount", count);
        }
        List<ChildInfo> children = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            children.add(child(i, table.row(i), resume.row(i), standbys(i, standbys)));
        }
        return children;
    }

    private static List<GroupRecord> groups(TableView table) {
        List<GroupRecord> groups = new ArrayList<>();
        for (int i = 0; i < table.rows(); i++) {
            RecordView row = table.row(i);
            if (row.get(RootLayouts.GROUP_USED) != 0) {
                byte[] failedAtNs = row.get(RootLayouts.GROUP_FAILED_AT_NS);
                groups.add(new GroupRecord(
                        Utf8Text.printable(row.get(RootLayouts.GROUP_NAME)),
                        row.get(RootLayouts.GROUP_STREAK),
                        row.get(RootLayouts.GROUP_RESTART_AT_NS),
                        row.get(RootLayouts.GROUP_DONE) != 0,
                        FailureTimes.times(failedAtNs, failedAtNs.length)));
            }
        }
        return groups;
    }

    private static List<StandbyRecord> standbys(int child, TableView table) throws UnknownCode {
        List<StandbyRecord> standbys = new ArrayList<>();
        for (int place = 0; place < RootLayouts.STANDBYS_PER_CHILD; place++) {
            RecordView row = table.row(child * RootLayouts.STANDBYS_PER_CHILD + place);
            if (row.get(RootLayouts.STANDBY_ID) == 0) {
                continue;
            }
            long phase = row.get(RootLayouts.STANDBY_PHASE);
            standbys.add(new StandbyRecord(
                    row.get(RootLayouts.STANDBY_ID),
                    known(StandbyPhase.of(phase), "phase of a standby", phase),
                    row.get(RootLayouts.STANDBY_PID),
                    row.get(RootLayouts.STANDBY_START_TICKS),
                    row.get(RootLayouts.STANDBY_PIDFD_INODE),
                    row.get(RootLayouts.STANDBY_PIPE_INODE),
                    row.get(RootLayouts.STANDBY_SESSION),
                    row.get(RootLayouts.STANDBY_LAUNCHED_AS),
                    row.get(RootLayouts.STANDBY_SINCE_NS),
                    row.get(RootLayouts.STANDBY_DEADLINE_NS),
                    row.get(RootLayouts.STANDBY_PAUSED) != 0));
        }
        return standbys;
    }

    private static ChildInfo child(int index, RecordView row, RecordView resume, List<StandbyRecord> standbys)
            throws UnknownCode {
        return child(
                index,
                row,
                resume.get(RootLayouts.RESUME_UNHEALTHY) != 0,
                Math.max(0, resume.get(RootLayouts.RESUME_LOG_START_BYTES)),
                Math.max(0, resume.get(RootLayouts.RESUME_ATTEMPTS)),
                standbys);
    }

    private static ChildInfo child(
            int index,
            RecordView row,
            boolean unhealthy,
            long logStartBytes,
            long attempts,
            List<StandbyRecord> standbys)
            throws UnknownCode {
        long exitKind = row.get(RootLayouts.CHILD_EXIT_KIND);
        Optional<LastExit> lastExit = exitKind == 0
                ? Optional.empty()
                : Optional.of(new LastExit(
                        known(ExitKind.of(exitKind), "exit kind", exitKind),
                        (int) row.get(RootLayouts.CHILD_EXIT_CODE),
                        (int) row.get(RootLayouts.CHILD_EXIT_SIGNAL),
                        row.get(RootLayouts.CHILD_EXIT_AT_EPOCH_MS),
                        Utf8Text.printable(row.get(RootLayouts.CHILD_EXIT_TEXT))));
        long kind = row.get(RootLayouts.CHILD_KIND);
        long state = row.get(RootLayouts.CHILD_STATE);
        long wanted = row.get(RootLayouts.CHILD_WANTED);
        return new ChildInfo(
                index,
                Utf8Text.printable(row.get(RootLayouts.CHILD_NAME)),
                known(ChildKind.of(kind), "child kind", kind),
                known(ChildStateCode.of(state), "child state", state),
                known(WantedCode.of(wanted), "wanted state", wanted),
                row.get(RootLayouts.CHILD_PID),
                row.get(RootLayouts.CHILD_START_TICKS),
                row.get(RootLayouts.CHILD_PIDFD_INODE),
                row.get(RootLayouts.CHILD_INCARNATION),
                row.get(RootLayouts.CHILD_RESTARTS),
                row.get(RootLayouts.CHILD_FAILURE_COUNT),
                row.get(RootLayouts.CHILD_HEARTBEAT_SEEN_NS),
                row.get(RootLayouts.CHILD_BACKOFF_UNTIL_NS),
                row.get(RootLayouts.CHILD_SPAWNED_AT_NS),
                row.get(RootLayouts.CHILD_READY_AT_NS),
                unhealthy,
                logStartBytes,
                row.get(RootLayouts.CHILD_REQUEST),
                attempts,
                order(row),
                lastExit,
                standbys);
    }

    private static Optional<RequestOrder> order(RecordView row) throws UnknownCode {
        long code = row.get(RootLayouts.CHILD_ORDER);
        if (code == 0) {
            return Optional.empty();
        }
        return Optional.of(new RequestOrder(
                row.get(RootLayouts.CHILD_ORDER_NUMBER),
                known(OrderCode.of(code), "order", code),
                row.get(RootLayouts.CHILD_ORDER_ID)));
    }

    private static List<EventInfo> events(RecordView root, TableView table) throws UnknownCode {
        long count = root.get(RootLayouts.ROOT_EVENT_COUNT);
        if (count < 0 || count == Long.MAX_VALUE) {
            throw new UnknownCode("eventCount", count);
        }
        List<EventInfo> events = new ArrayList<>();
        for (long sequence = Math.max(1, count - table.rows() + 1); sequence <= count; sequence++) {
            RecordView row = table.row((int) ((sequence - 1) % table.rows()));
            if (row.get(RootLayouts.EVENT_SEQUENCE) != sequence) {
                throw new UnknownCode("event sequence", row.get(RootLayouts.EVENT_SEQUENCE));
            }
            long type = row.get(RootLayouts.EVENT_TYPE);
            long childIndex = row.get(RootLayouts.EVENT_CHILD_INDEX);
            if (childIndex < -1 || childIndex >= RootLayouts.MAX_CHILDREN) {
                throw new UnknownCode("event's child", childIndex);
            }
            events.add(new EventInfo(
                    sequence,
                    row.get(RootLayouts.EVENT_EPOCH_MS),
                    childIndex < 0
                            ? Optional.empty()
                            : Optional.of(Utf8Text.printable(row.get(RootLayouts.EVENT_CHILD_NAME))),
                    known(EventType.of(type), "event type", type),
                    row.get(RootLayouts.EVENT_PID),
                    row.get(RootLayouts.EVENT_INCARNATION),
                    by(row.get(RootLayouts.EVENT_BY_UID), row.get(RootLayouts.EVENT_BY_PID)),
                    Utf8Text.printable(row.get(RootLayouts.EVENT_TEXT))));
        }
        return events;
    }

    /** Of numbers that may be anything. */
    static Optional<Asker> by(long uid, long pid) {
        return uid < 0 ? Optional.empty() : Optional.of(new Asker(uid, Math.max(0, pid)));
    }

    private static <T> T known(Optional<T> decoded, String what, long code) throws UnknownCode {
        return decoded.orElseThrow(() -> new UnknownCode(what, code));
    }

    /** A number that this release does not know, or that is out of range. */
    private static final class UnknownCode extends Exception {
        private static final long serialVersionUID = 1;

        UnknownCode(String what, long code) {
            super(what + " " + code + " is unknown to this release, or damaged");
        }
    }
}
