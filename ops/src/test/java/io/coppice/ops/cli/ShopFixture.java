package io.coppice.ops.cli;

import io.coppice.ops.view.FakeProc;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.State;
import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildRow;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.ExitKind;
import io.coppice.state.root.ResumePoint;
import io.coppice.state.root.RootSegment;
import io.coppice.state.root.StandbyPhase;
import io.coppice.state.root.StandbyRecord;
import io.coppice.state.root.WantedCode;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlanBuilder;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.LogTarget;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * An instance `shop` as a root leaves it on disk. Rows: 0 rates (daemon, ready), 1 ingest (daemon, ready, killed once), 2
 * web (command, ready), 3 report (daemon, waits for ingest).
 */
final class ShopFixture implements AutoCloseable {
    static final long ROOT_PID = 50;
    private static final long SECOND_NS = 1_000_000_000;
    private static final long NOW_NS = CommandHarness.NOW_NS;

    final CommandHarness harness;
    final InstanceDirectory directory;
    private RootSegment root;
    private final List<OwnedSegment> segments = new ArrayList<>();
    private LogTarget webLog = LogTarget.AUTO;
    private List<String> workerArguments = List.of();

    ShopFixture(CommandHarness harness) throws Exception {
        this.harness = harness;
        directory = harness.instanceWithRoot("shop", ROOT_PID, true);
        writePlan(directory.path());
        root = createRoot();
        addChildren();
    }

    RootSegment root() {
        return root;
    }

    /** Changes a row and commits. */
    void child(int index, Consumer<ChildRow> change) {
        change.accept(root.child(index));
        root.commit();
    }

    /** A process in reserve of the child of that row, in the place of its kind; its start time is ten times its pid. */
    void standby(int index, int place, StandbyPhase phase, long pid) {
        root.standby(index, place)
                .set(new StandbyRecord(place + 1, phase, pid, 10 * pid, 0, 0, 0, 0, 0, Long.MAX_VALUE, false));
        root.commit();
    }

    /** How often a process was launched for what a slot is on. */
    void attempts(int index, long attempts) {
        root.resume(index)
                .set(new ResumePoint(
                        0, 0, 0, 0, 0, 0, 0, 0, 0, false, false, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, 0, 0, 0,
                        false, 0, 0, false, 0, 0, attempts, false, false, false, List.of()));
        root.commit();
    }

    /** The root is gone: its process, not what it wrote. */
    void killRoot() {
        harness.proc.end(ROOT_PID);
    }

    /** A daemon's segment with that many commits. */
    State segment(String name, int commits) throws Exception {
        OwnedSegment segment = owned(name, 0);
        for (int i = 0; i < commits; i++) {
            segment.state().commit();
        }
        return segment.state();
    }

    /** A daemon's segment as its first owner has it, with room for that many checkpoints. */
    OwnedSegment owned(String name, int checkpoints) throws Exception {
        Path file = segmentFile(name);
        SegmentSpec spec = new SegmentSpec("shop", name, SegmentSpec.KIND_DAEMON, 1 << 20, checkpoints);
        reserve(file, spec.lengthBytes());
        SegmentFile.create(file, spec);
        OwnerFiles.makeLock(file);
        OwnedSegment segment = SegmentFile.openOwned(file, directory.path().resolve(name + ".lock"), 61, 1);
        segments.add(segment);
        segment.recover();
        return segment;
    }

    Path segmentFile(String name) {
        return directory.path().resolve(name + ".seg");
    }

    /** Damages what nothing has used yet, in a segment without checkpoints. */
    static void flipLastByte(Path segment) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(file.length() - 1);
            file.write(1);
        }
    }

    /** The owners let go of their segments. */
    void releaseSegments() throws IOException {
        for (OwnedSegment segment : segments) {
            segment.close();
        }
        segments.clear();
    }

    /** Replaces the root's segment by an empty one in a new file, as `run --fresh` does. */
    void recreateRoot() throws Exception {
        root.close();
        Files.delete(directory.rootSegment());
        root = createRoot();
    }

    @Override
    public void close() throws IOException {
        root.close();
        releaseSegments();
    }

    private RootSegment createRoot() throws Exception {
        reserve(directory.rootSegment(), RootSegment.LENGTH_BYTES);
        SegmentFile.create(directory.rootSegment(), RootSegment.spec("shop"));
        RootSegment segment = RootSegment.open(directory.rootSegment(), ROOT_PID, 1);
        segment.begin(ROOT_PID, ROOT_PID * 10, FakeProc.BOOT_ID, CommandHarness.NOW_EPOCH_MS - 7_500_000);
        segment.commit();
        return segment;
    }

    private void addChildren() {
        root.childCount(4);
        ready(0, "rates", ChildKind.DAEMON, 60, 1);
        ready(1, "ingest", ChildKind.DAEMON, 61, 2);
        root.child(1).restarts(1);
        root.child(1).lastExit(ExitKind.SIGNAL, -1, 9, CommandHarness.NOW_EPOCH_MS - 3_000, "");
        ready(2, "web", ChildKind.COMMAND, 62, 1);
        root.child(3).reset("report", ChildKind.DAEMON);
        root.child(3).state(ChildStateCode.STOPPED);
        root.child(3).wanted(WantedCode.UP);
        root.event(CommandHarness.NOW_EPOCH_MS - 9_000, -1, EventType.ROOT_STARTED, ROOT_PID, 0, "");
        root.event(CommandHarness.NOW_EPOCH_MS - 3_000, 1, EventType.EXITED, 59, 1, "signal KILL");
        root.event(CommandHarness.NOW_EPOCH_MS - 2_000, 1, EventType.READY, 61, 2, "");
        root.commit();
        harness.proc
                .process(60, ROOT_PID, 60, 'S', 600, "java", "rates")
                .process(61, ROOT_PID, 61, 'S', 610, "java", "ingest")
                .process(62, ROOT_PID, 62, 'T', 620, "nginx", "-g", "daemon off;")
                .process(63, 62, 62, 'S', 630, "nginx: worker")
                .process(64, 1, 62, 'S', 640, "nginx: orphan")
                .process(99, 1, 99, 'S', 990, "somebody", "else");
    }

    private void ready(int index, String name, ChildKind kind, long pid, long incarnation) {
        ChildRow row = root.child(index);
        row.reset(name, kind);
        row.state(ChildStateCode.READY);
        row.wanted(WantedCode.UP);
        row.pid(pid);
        row.startTicks(pid * 10);
        row.incarnation(incarnation);
        row.spawnedAtNs(NOW_NS - 125 * SECOND_NS);
        row.readyAtNs(NOW_NS - 124 * SECOND_NS);
        if (kind == ChildKind.DAEMON) {
            row.heartbeatSeenNs(NOW_NS - 120_300_000);
        }
    }

    /** As {@link #writePlan(Path)}, beside the root's segment, with another place for the output of web. */
    void writePlan(LogTarget webLog) throws IOException {
        this.webLog = webLog;
        writePlan(directory.path());
    }

    /** As {@link #writePlan(Path)}, beside the root's segment, with these arguments for the worker of ingest. */
    void writePlan(String... workerArguments) throws IOException {
        this.workerArguments = List.of(workerArguments);
        writePlan(directory.path());
    }

    void writePlan(Path segmentDirectory) throws IOException {
        List<ChildPlan> children = List.of(
                plan("rates", ChildPlan.Kind.DAEMON, List.of()),
                plan("ingest", ChildPlan.Kind.DAEMON, List.of(new Dependency("rates", Dependency.Condition.READY))),
                plan("web", ChildPlan.Kind.COMMAND, List.of()),
                plan(
                        "report",
                        ChildPlan.Kind.DAEMON,
                        List.of(
                                new Dependency("rates", Dependency.Condition.READY),
                                new Dependency("ingest", Dependency.Condition.COMPLETED))));
        Files.writeString(
                directory.plan(),
                PlanText.write(new Plan(
                        "shop",
                        "/shop.yaml",
                        directory.path().toString(),
                        segmentDirectory.toString(),
                        NoticeCommand.NONE,
                        List.of(GroupPlan.INSTANCE),
                        List.of(),
                        children)));
    }

    private ChildPlan plan(String name, ChildPlan.Kind kind, List<Dependency> dependsOn) {
        boolean daemon = kind == ChildPlan.Kind.DAEMON;
        List<String> argv = new ArrayList<>(List.of("/bin/true"));
        if (name.equals("ingest")) {
            argv.addAll(workerArguments);
        }
        return new ChildPlanBuilder(name, kind)
                .argv(argv)
                .workingDirectory("/tmp")
                .log(name.equals("web") ? webLog : LogTarget.AUTO)
                .stateBytes(daemon ? 1 << 20 : 0)
                .heartbeatTimeoutMs(daemon ? 5_000 : 0)
                .maxRestarts(5)
                .dependsOn(dependsOn)
                .plan();
    }

    private static void reserve(Path file, long bytes) throws IOException {
        try (RandomAccessFile reserved = new RandomAccessFile(file.toFile(), "rw")) {
            reserved.setLength(bytes);
        }
    }
}
