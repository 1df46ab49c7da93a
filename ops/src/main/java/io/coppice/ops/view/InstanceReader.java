package io.coppice.ops.view;

import io.coppice.ops.view.RootTable.Reading;
import io.coppice.state.Parting;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RequestStatus;
import io.coppice.state.Requests;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SnapshotResult;
import io.coppice.state.StateException;
import io.coppice.state.StructureType;
import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.ExitKind;
import io.coppice.state.root.RootPhase;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.StandbyRecord;
import io.coppice.state.root.WantedCode;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.SlotName;
import io.coppice.supervisor.plan.TransactionLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Puts an instance's status together from what its processes left where others can read it: lock file, root segment, plan,
 * the daemons' segments, and /proc. Disturbs none of them. One thread.
 */
public final class InstanceReader implements AutoCloseable {
    private static final long NANOS_PER_MS = 1_000_000;

    /** By which a JVM ends itself after a fault. */
    private static final int SIGABRT = 6;

    private final InstanceDirectory directory;
    private final ProcFileSystem proc;
    private final Clocks clocks;
    private final RootTable table;
    private final PlanCache plans;

    /** Opens nothing yet. */
    public InstanceReader(InstanceDirectory directory, ProcFileSystem proc, Clocks clocks) {
        this.directory = directory;
        this.proc = proc;
        this.clocks = clocks;
        this.table = new RootTable(directory.rootSegment());
        this.plans = new PlanCache(directory);
    }

    /** All of it, with a look into each daemon's segment. */
    public InstanceStatus read() {
        return read(true);
    }

    /** Without the daemons' segments, so {@code commits} stay empty: cheap enough to poll. */
    public InstanceStatus readTable() {
        return read(false);
    }

    /** Whether a table is there, and a root of this boot wrote it. */
    public boolean isOfThisBoot() {
        return table.read().snapshot().filter(this::isOfThisBoot).isPresent();
    }

    @Override
    public void close() {
        table.close();
    }

    private InstanceStatus read(boolean withSegmentsIfOpen) {
        // Before the table: a table read after its root was seen dead is that root's last word.
        RootLiveness byLock = RootLiveness.of(directory, proc);
        Reading reading = table.read();
        PlanFile plan = plans.read();
        boolean withSegments = withSegmentsIfOpen && !plan.closed();
        List<String> problems = new ArrayList<>();
        plan.problem().ifPresent(problems::add);
        Optional<IsolationStatus> isolation = IsolationStatus.of(plan, directory);
        if (reading.snapshot().isEmpty()) {
            problems.add(reading.problem());
            return new InstanceStatus(
                    directory.name(),
                    byLock,
                    Optional.empty(),
                    isolation,
                    List.of(),
                    List.of(),
                    problems,
                    false,
                    false);
        }
        RootSnapshot snapshot = reading.snapshot().get();
        RootLiveness root = byLock.running() ? byLock : bySegment(snapshot, byLock);
        boolean thisBoot = isOfThisBoot(snapshot);
        List<DaemonStatus> daemons = new ArrayList<>();
        Map<String, List<SlotStatus>> slots = new HashMap<>();
        for (ChildInfo child : snapshot.children()) {
            String daemon = SlotName.daemonOf(child.name());
            // A name that is damaged, or has lost its daemon, is no reason to show nothing of what lives.
            boolean isSlot = child.kind() == ChildKind.TRANSACTION
                    && InstanceName.isValidChild(child.name())
                    && snapshot.child(daemon).isPresent();
            if (isSlot) {
                DaemonStatus process = daemon(
                        child,
                        snapshot,
                        root.running(),
                        thisBoot,
                        plan,
                        withSegments && child.request() != 0,
                        List.of());
                slots.computeIfAbsent(daemon, name -> new ArrayList<>())
                        .add(new SlotStatus(
                                SlotName.numberOf(child.name()), child.request(), child.attempts(), process));
            }
        }
        for (ChildInfo child : snapshot.children()) {
            if (slots.getOrDefault(SlotName.daemonOf(child.name()), List.of()).stream()
                    .noneMatch(slot -> slot.process().name().equals(child.name()))) {
                daemons.add(daemon(
                        child,
                        snapshot,
                        root.running(),
                        thisBoot,
                        plan,
                        withSegments,
                        slots.getOrDefault(child.name(), List.of())));
            }
        }
        Optional<GaveUp> gaveUp = gaveUp(snapshot, root);
        List<GroupStatus> groups = plan.plan()
                .map(known -> GroupStatus.of(
                        known,
                        snapshot.groups(),
                        name -> daemons.stream()
                                .filter(daemon -> daemon.name().equals(name))
                                .findFirst(),
                        root,
                        gaveUp.isPresent(),
                        clocks.nowNs()))
                .orElse(List.of());
        boolean lives = daemons.stream().anyMatch(DaemonStatus::lives);
        return new InstanceStatus(directory.name(), root, gaveUp, isolation, daemons, groups, problems, lives, true);
    }

    /** A lock file that is torn or was removed does not make a living root dead. */
    private RootLiveness bySegment(RootSnapshot snapshot, RootLiveness byLock) {
        if (snapshot.root().isEmpty()) {
            return byLock;
        }
        RootSnapshot.RootInfo root = snapshot.root().get();
        if (isOfThisBoot(snapshot) && proc.lives(root.pid(), root.startTicks())) {
            return new RootLiveness.Running(root.pid(), root.startTicks(), root.sinceEpochMs());
        }
        // Another pid in the lock file is that of a root that died before it wrote anything into the segment.
        boolean isTheLast = byLock.lastPid() == 0 || byLock.lastPid() == root.pid();
        return isTheLast && root.phase() == RootPhase.DONE
                ? new RootLiveness.Ended(root.pid(), endedAt(snapshot))
                : new RootLiveness.NotRunning(isTheLast ? root.pid() : byLock.lastPid());
    }

    /** Only of the root that wrote the table: one that died before it wrote anything did nothing at all. */
    private static Optional<GaveUp> gaveUp(RootSnapshot snapshot, RootLiveness root) {
        return snapshot.root()
                .filter(known -> known.pid() == root.lastPid() && known.gaveUpAtEpochMs() > 0)
                .map(known ->
                        new GaveUp(Printable.of(known.gaveUpBy()), Math.min(known.gaveUpAtEpochMs(), MAX_EPOCH_MS)));
    }

    private static long endedAt(RootSnapshot snapshot) {
        return snapshot.events().stream()
                .filter(event -> event.type() == EventType.ROOT_STOPPED)
                .mapToLong(event -> Math.max(0, Math.min(event.epochMs(), MAX_EPOCH_MS)))
                .reduce(0, (earlier, later) -> later);
    }

    private boolean isOfThisBoot(RootSnapshot snapshot) {
        Optional<String> bootId = proc.bootId();
        return bootId.isEmpty()
                || snapshot.root().isEmpty()
                || bootId.get().equals(snapshot.root().get().bootId());
    }

    private DaemonStatus daemon(
            ChildInfo child,
            RootSnapshot snapshot,
            boolean rootRuns,
            boolean thisBoot,
            PlanFile plan,
            boolean withSegment,
            List<SlotStatus> slots) {
        boolean hasProcess = child.pid() > 0 && thisBoot && (rootRuns || proc.lives(child.pid(), child.startTicks()));
        boolean isDaemon = child.kind() == ChildKind.DAEMON;
        long nowNs = clocks.nowNs();
        boolean hasSegment = isDaemon || child.kind() == ChildKind.TRANSACTION;
        Commits commits = withSegment && hasSegment ? commits(child, plan, !slots.isEmpty()) : Commits.NONE;
        boolean unrecordedEnd = !rootRuns
                && !hasProcess
                && switch (child.state()) {
                    case HELD, STARTING, READY, STOPPING -> true;
                    default -> false;
                };
        boolean backoff = rootRuns && child.state() == ChildStateCode.BACKOFF && child.backoffUntilNs() != 0;
        return new DaemonStatus(
                child.name(),
                child.kind().word(),
                child.state().word(),
                child.wanted().word(),
                waitingFor(child, snapshot, plan),
                healthy(child, plan),
                hasProcess ? OptionalLong.of(child.pid()) : OptionalLong.empty(),
                child.startTicks(),
                child.incarnation(),
                child.restarts(),
                commits.count(),
                rootRuns && hasProcess && isDaemon
                        ? elapsedMs(child.heartbeatSeenNs(), nowNs, NANOS_PER_MS - 1)
                        : OptionalLong.empty(),
                hasProcess ? elapsedMs(child.spawnedAtNs(), nowNs, 0) : OptionalLong.empty(),
                backoff
                        ? OptionalLong.of(Math.max(0, (child.backoffUntilNs() - nowNs) / NANOS_PER_MS))
                        : OptionalLong.empty(),
                child.lastExit().map(exit -> lastExit(child.name(), plan, exit)),
                unrecordedEnd ? commits.lastWords().or(() -> faultSinceStart(child, plan, thisBoot)) : Optional.empty(),
                thisBoot ? standbys(child, rootRuns) : List.of(),
                plan.child(child.name()).map(ChildPlan::standbys).orElse(0),
                slots,
                commits.quarantined(),
                commits.jvm(),
                plan.child(child.name())
                        .map(known -> LimitStatus.of(known, directory.limits()))
                        .orElse(List.of()),
                plan.user(child.name()),
                commits.problem());
    }

    private static Optional<Boolean> healthy(ChildInfo child, PlanFile plan) {
        boolean asked = plan.child(child.name())
                .filter(known -> known.probes().readiness() != null)
                .isPresent();
        return asked && child.state() == ChildStateCode.READY ? Optional.of(!child.unhealthy()) : Optional.empty();
    }

    /** Those on record; without a root, those of them that still live. */
    private List<DaemonStatus.StandbyProcess> standbys(ChildInfo child, boolean rootRuns) {
        List<DaemonStatus.StandbyProcess> standbys = new ArrayList<>();
        for (StandbyRecord standby : child.standbys()) {
            if (standby.pid() > 0 && (rootRuns || proc.lives(standby.pid(), standby.startTicks()))) {
                standbys.add(new DaemonStatus.StandbyProcess(
                        standby.pid(), standby.startTicks(), standby.phase().word()));
            }
        }
        return standbys;
    }

    /**
     * Milliseconds since a recorded moment; empty if it was not recorded or lies ahead, as after a reboot.
     *
     * @param roundUpNs added before the division
     */
    private static OptionalLong elapsedMs(long sinceNs, long nowNs, long roundUpNs) {
        return sinceNs == 0 || nowNs - sinceNs < 0
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(roundUpNs == 0 ? 0 : 1, (nowNs - sinceNs + roundUpNs) / NANOS_PER_MS));
    }

    private LastExit lastExit(String child, PlanFile plan, io.coppice.state.root.LastExit exit) {
        boolean mayBeAFault = exit.signal() == SIGABRT || exit.code() == 1 || exit.kind() == ExitKind.UNKNOWN;
        return new LastExit(
                exit.kind().word(),
                exit.code() < 0 ? OptionalInt.empty() : OptionalInt.of(exit.code()),
                exit.signal() <= 0 ? Optional.empty() : Optional.of(SignalNames.name(exit.signal())),
                // What Instant can print; a hostile root cannot make us fail by a date.
                Math.max(0, Math.min(exit.atEpochMs(), MAX_EPOCH_MS)),
                exit.text(),
                mayBeAFault ? CrashReport.causeOf(directory, plan, child, exit.atEpochMs()) : Optional.empty());
    }

    /** What its JVM's report tells of a process whose end nobody has recorded. */
    private Optional<String> faultSinceStart(ChildInfo child, PlanFile plan, boolean thisBoot) {
        OptionalLong sinceMs = elapsedMs(child.spawnedAtNs(), clocks.nowNs(), 0);
        if (!thisBoot || sinceMs.isEmpty() || child.pid() <= 0) {
            return Optional.empty();
        }
        long nowEpochMs = clocks.nowEpochMs();
        return CrashReport.causeOf(
                directory, plan, child.name(), child.pid(), nowEpochMs - sinceMs.getAsLong(), nowEpochMs);
    }

    private static List<String> waitingFor(ChildInfo child, RootSnapshot snapshot, PlanFile plan) {
        if (child.state() != ChildStateCode.STOPPED || child.wanted() != WantedCode.UP) {
            return List.of();
        }
        List<String> missing = new ArrayList<>();
        plan.child(child.name()).ifPresent(known -> {
            for (Dependency dependency : known.dependsOn()) {
                Optional<ChildInfo> other = snapshot.child(dependency.name());
                if (other.isEmpty() || !holds(dependency.condition(), other.get())) {
                    missing.add(
                            dependency.name() + " (" + dependency.condition().text() + ")");
                }
            }
        });
        return missing;
    }

    private static boolean holds(Dependency.Condition condition, ChildInfo child) {
        ChildStateCode state = child.state();
        boolean started = state == ChildStateCode.STARTING || state == ChildStateCode.READY;
        return switch (condition) {
            case STARTED -> started || state == ChildStateCode.COMPLETED;
            case READY -> state == ChildStateCode.READY || state == ChildStateCode.COMPLETED;
            case HEALTHY -> (state == ChildStateCode.READY && !child.unhealthy()) || state == ChildStateCode.COMPLETED;
            case COMPLETED -> state == ChildStateCode.COMPLETED;
        };
    }

    private Commits commits(ChildInfo child, PlanFile plan, boolean hasSlots) {
        String name = child.name();
        if (!InstanceName.isValidChild(name)) {
            return Commits.unreadable("its name `" + Printable.of(name) + "` is damaged; not looking for its segment");
        }
        Path file = plan.segmentDirectory().orElse(directory.path()).resolve(name + ".seg");
        try (ReadOnlySegment segment = SegmentFile.openReadOnly(file)) {
            if (!segment.header().name().equals(name)
                    || !segment.header().instance().equals(directory.name())) {
                return Commits.unreadable("the segment " + file + " is that of "
                        + Printable.of(segment.header().instance() + "/"
                                + segment.header().name()));
            }
            long count = segment.commitSequenceAcquire();
            return count < 0
                    ? Commits.unreadable("the segment " + file + " is damaged: its commit sequence is " + count)
                    : new Commits(
                            count == 0 ? OptionalLong.empty() : OptionalLong.of(count),
                            JvmStatus.of(segment),
                            Parting.of(segment, child.incarnation()).words(),
                            hasSlots && isTableSmall(name, plan) ? quarantined(segment) : OptionalLong.empty(),
                            Optional.empty());
        } catch (SegmentException | StateException e) {
            return Commits.unreadable(String.valueOf(e.getMessage()));
        }
    }

    /** Whether the table of a daemon's transactions can be copied for no more than a number. */
    private static boolean isTableSmall(String name, PlanFile plan) {
        return plan.child(name)
                .flatMap(TransactionLimits::of)
                .filter(limits -> limits.entries() <= MAX_COUNTED_BYTES / Math.max(1, limits.inputBytes()))
                .isPresent();
    }

    private static OptionalLong quarantined(ReadOnlySegment segment) {
        if (!(segment.snapshot(List.of(Requests.STRUCTURE)) instanceof SnapshotResult.Snapshot snapshot)) {
            return OptionalLong.empty();
        }
        return snapshot.view()
                .structure(Requests.STRUCTURE)
                .filter(structure -> structure.type() == StructureType.REQUESTS)
                .map(structure -> OptionalLong.of(snapshot.view().requests(structure.name()).requests().stream()
                        .filter(request -> request.status() == RequestStatus.QUARANTINED)
                        .count()))
                .orElse(OptionalLong.of(0));
    }

    private static final long MAX_COUNTED_BYTES = 16 << 20;

    /** The year 9999. */
    static final long MAX_EPOCH_MS = 253_402_300_799_999L;

    /** What a daemon's segment says. */
    private record Commits(
            OptionalLong count,
            Optional<JvmStatus> jvm,
            Optional<String> lastWords,
            OptionalLong quarantined,
            Optional<String> problem) {
        static final Commits NONE = new Commits(
                OptionalLong.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty(), Optional.empty());

        static Commits unreadable(String problem) {
            return new Commits(
                    OptionalLong.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    OptionalLong.empty(),
                    Optional.of(problem));
        }
    }
}
