package io.coppice.supervisor.root;

import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildRow;
import io.coppice.state.root.LastExit;
import io.coppice.state.root.RequestOrder;
import io.coppice.state.root.RootPhase;
import io.coppice.state.root.RootSegment;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.StandbyRecord;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.GroupSpec;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.os.Epoll;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the last root of an instance had recorded, and what of it still counts. Its processes can only live in the boot that it
 * ran in, and its pids name them only in its pid namespace; what it knew of its children counts in that boot as well, unless it ended in order, in which case who starts the instance
 * wants all of it from the start. Incarnations are never used again, and orders about transactions stand until they are carried out.
 */
final class PreviousLife {
    static final PreviousLife NONE = new PreviousLife(null, false, false);

    /** What its standbys are called behind the name of the child. */
    private static final String STANDBY = " (standby)";

    /** No such root is alive. */
    static final long ENDED = -1;

    /** The kernel lets go of a dying root's lock a moment before it tells of the death. */
    private static final int DYING_TAKES_AT_MOST_MS = 1000;

    private final @Nullable RootSnapshot snapshot;
    private final boolean sameBoot;
    private final boolean samePids;

    private PreviousLife(@Nullable RootSnapshot snapshot, boolean sameBoot, boolean samePids) {
        this.snapshot = snapshot;
        this.sameBoot = sameBoot;
        this.samePids = samePids;
    }

    static PreviousLife of(RootSnapshot snapshot, ProcessTable processes) {
        boolean sameBoot = snapshot.root()
                .filter(root -> root.bootId().equals(processes.bootId()))
                .isPresent();
        boolean samePids = sameBoot
                && snapshot.root()
                        .filter(root -> root.pidNamespace() == processes.pidNamespace())
                        .isPresent();
        return new PreviousLife(snapshot, sameBoot, samePids);
    }

    /**
     * Waits a moment for the end of the root that recorded it.
     *
     * @return {@link #ENDED}, or the pid under which it lives on
     * @throws OsException if it cannot be told
     */
    long awaitEndOfRoot(ProcessTable processes) throws OsException {
        RootSnapshot.RootInfo root =
                snapshot == null || !samePids ? null : snapshot.root().orElse(null);
        if (root == null || root.pid() < 1 || root.pid() > Integer.MAX_VALUE) {
            return ENDED;
        }
        int pid = (int) root.pid();
        if (pid == ProcessHandle.current().pid()) {
            return ENDED; // as that of another container's first process
        }
        PidFd pidFd = Leftovers.pin(new Leftovers.OnRecord(RootSegment.NAME, pid, root.startTicks(), 0), processes);
        if (pidFd == null) {
            return ENDED;
        }
        try (pidFd;
                Epoll epoll = Epoll.create()) {
            epoll.add(pidFd.fd(), 0);
            return epoll.await(DYING_TAKES_AT_MOST_MS) > 0 ? ENDED : pid;
        }
    }

    /** Nothing of it counts any more but the incarnations that it reached, and the orders that it gave. */
    PreviousLife forgotten() {
        return new PreviousLife(snapshot, false, false);
    }

    /** Its processes may live where their pids mean nothing here: in the pid namespace of another container, or outside of this one. */
    boolean isOfAnotherNamespace() {
        return sameBoot && !samePids;
    }

    /**
     * Those of its processes that are alive now.
     *
     * @throws OsException if it cannot be told
     */
    List<Leftovers.OnRecord> living(ProcessTable processes) throws OsException {
        if (snapshot == null || !samePids) {
            return List.of();
        }
        List<Leftovers.OnRecord> living = new ArrayList<>();
        for (RootSnapshot.ChildInfo child : snapshot.children()) {
            if (child.pid() > 1 && child.pid() <= Integer.MAX_VALUE) {
                Leftovers.OnRecord recorded =
                        new Leftovers.OnRecord(child.name(), (int) child.pid(), child.startTicks(), child.pidfdInode());
                if (recorded.isAlive(processes)) {
                    living.add(recorded);
                }
            }
            for (StandbyRecord standby : child.standbys()) {
                Leftovers.OnRecord recorded = onRecord(child.name() + STANDBY, standby);
                if (recorded != null && recorded.isAlive(processes)) {
                    living.add(recorded);
                }
            }
        }
        return living;
    }

    /** Null while it was being launched: it ends by itself. */
    private static Leftovers.@Nullable OnRecord onRecord(String name, StandbyRecord standby) {
        return standby.pid() > 1 && standby.pid() <= Integer.MAX_VALUE
                ? new Leftovers.OnRecord(name, (int) standby.pid(), standby.startTicks(), standby.pidfdInode())
                : null;
    }

    /**
     * Where its successor begins.
     *
     * @param segment as it left it
     * @param owners by index, the incarnation that last owned the segment, 0 for none: what a record that is gone would tell
     * @param anyAlive whether a process of it is alive
     * @throws UnknownRecordException if it recorded something that is none of this release's
     */
    StartingPoint startingPoint(
            RootSegment segment,
            List<GroupSpec> groups,
            List<ChildSpec> specs,
            List<Long> owners,
            boolean anyAlive,
            long nowNs)
            throws UnknownRecordException {
        List<Long> lastIncarnations = lastIncarnations(specs, owners);
        RootPhase phase = snapshot == null || snapshot.root().isEmpty()
                ? RootPhase.DONE
                : snapshot.root().get().phase();
        if (!sameBoot || (phase != RootPhase.RUNNING && !anyAlive)) {
            List<@Nullable RecordedChild> nothing = new ArrayList<>();
            specs.forEach(spec -> nothing.add(null));
            return new StartingPoint(
                    SupervisorState.initial(groups, specs, lastIncarnations), nothing, false, orders(specs));
        }
        List<@Nullable RecordedChild> recorded = recorded(segment, specs, groups.size());
        List<@Nullable ChildState> states = new ArrayList<>();
        for (RecordedChild child : recorded) {
            states.add(child == null ? null : child.state());
        }
        return new StartingPoint(
                SupervisorState.resumed(
                        GroupRecords.read(segment, groups),
                        specs,
                        states,
                        lastIncarnations,
                        phase != RootPhase.RUNNING,
                        nowNs),
                recorded,
                samePids,
                orders(specs));
    }

    /** They stand until they are carried out, as what they are about stands in the daemons' segments: over any end of a root. */
    private List<@Nullable RequestOrder> orders(List<ChildSpec> specs) {
        List<@Nullable RequestOrder> orders = new ArrayList<>();
        for (ChildSpec spec : specs) {
            orders.add(
                    snapshot == null || !spec.hasSegment()
                            ? null
                            : snapshot.child(spec.name())
                                    .flatMap(RootSnapshot.ChildInfo::order)
                                    .orElse(null));
        }
        return orders;
    }

    /**
     * What it has left that its successor does not go on with: each child's process, which may have ended, and its group.
     *
     * @param segment as it left it
     * @param recorded what is gone on with
     */
    List<Leftovers.Group> leftovers(RootSegment segment, List<@Nullable RecordedChild> recorded) {
        List<Leftovers.Group> leftovers = new ArrayList<>();
        for (int row = 0; samePids && row < segment.childCount(); row++) {
            ChildRow child = segment.child(row);
            boolean hasProcess = child.pid() > 1 && child.pid() <= Integer.MAX_VALUE;
            if (hasProcess && !isAmong(recorded, child.name())) {
                leftovers.add(new Leftovers.Group(
                        new Leftovers.OnRecord(child.name(), (int) child.pid(), child.startTicks(), child.pidfdInode()),
                        segment.resume(row).get().session()));
            }
            for (StandbyRecord standby : standbys(segment, row)) {
                Leftovers.OnRecord leader = onRecord(child.name() + STANDBY, standby);
                if (leader != null && !isAmong(recorded, child.name())) {
                    leftovers.add(new Leftovers.Group(leader, standby.session()));
                }
            }
        }
        return leftovers;
    }

    private static boolean isAmong(List<@Nullable RecordedChild> recorded, String name) {
        for (RecordedChild child : recorded) {
            if (child != null && child.state().spec().name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** The standbys of the child of that row. */
    static List<StandbyRecord> standbys(RootSegment segment, int row) {
        List<StandbyRecord> standbys = new ArrayList<>();
        for (int place = 0; place < RootSegment.STANDBYS_PER_CHILD; place++) {
            segment.standby(row, place).get().ifPresent(standbys::add);
        }
        return standbys;
    }

    private List<Long> lastIncarnations(List<ChildSpec> specs, List<Long> owners) {
        List<Long> incarnations = new ArrayList<>();
        for (ChildSpec spec : specs) {
            incarnations.add(Math.max(incarnation(spec.name()), owners.get(spec.index())));
        }
        return incarnations;
    }

    /** The last one of a child, 0 if it never had any. */
    long incarnation(String child) {
        return snapshot == null
                ? 0
                : snapshot.child(child).map(RootSnapshot.ChildInfo::incarnation).orElse(0L);
    }

    /** Whether it had a child of that name with a segment. */
    boolean hasSegment(String child) {
        return snapshot != null
                && snapshot.child(child)
                        .filter(row -> row.kind() == ChildKind.DAEMON || row.kind() == ChildKind.TRANSACTION)
                        .isPresent();
    }

    private static List<@Nullable RecordedChild> recorded(RootSegment segment, List<ChildSpec> specs, int groups)
            throws UnknownRecordException {
        Map<String, Integer> rows = new HashMap<>();
        for (int row = 0; row < segment.childCount(); row++) {
            rows.put(segment.child(row).name(), row);
        }
        List<@Nullable RecordedChild> recorded = new ArrayList<>();
        for (ChildSpec spec : specs) {
            Integer row = rows.get(spec.name());
            recorded.add(row == null ? null : recorded(segment, row, spec, groups));
        }
        return recorded;
    }

    private static @Nullable RecordedChild recorded(RootSegment segment, int row, ChildSpec spec, int groups)
            throws UnknownRecordException {
        ChildKind kind = StoredCodes.kind(spec);
        if (segment.child(row).kind().filter(found -> found == kind).isEmpty()) {
            return null;
        }
        List<StandbyRecord> standbys = standbys(segment, row);
        ChildState state =
                ChildRecord.read(segment.child(row), segment.resume(row).get(), standbys, spec, groups);
        return state == null
                ? null
                : new RecordedChild(
                        state,
                        segment.resume(row).get().session(),
                        segment.child(row).pidfdInode(),
                        segment.resume(row).get().pipeInode(),
                        segment.resume(row).get().logStartBytes(),
                        standbys,
                        segment.child(row).lastExit().map(LastExit::atEpochMs).orElse(0L));
    }
}
