package io.coppice.state.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.SegmentException;
import io.coppice.state.SegmentRefusedException;
import io.coppice.state.SegmentSpec;
import io.coppice.state.TestSegments;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.RootSnapshot.EventInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootSegmentTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Path file = Path.of("unset");

    @BeforeEach
    void create() throws IOException, SegmentException {
        file = TestSegments.create(directory.resolve("root.seg"), RootSegment.spec("shop"));
    }

    private static RootSnapshot read(RootView view) {
        return assertInstanceOf(RootReadResult.Read.class, view.read()).snapshot();
    }

    private static void child(RootSegment root, int index, String name) {
        ChildRow row = root.child(index);
        row.reset(name, ChildKind.DAEMON);
        row.state(ChildStateCode.READY);
        row.wanted(WantedCode.UP);
        row.pid(100 + index);
        row.startTicks(7);
        row.pidfdInode(8);
        row.incarnation(3);
        row.restarts(2);
        row.failureCount(1);
        row.heartbeatSeenNs(11);
        row.backoffUntilNs(12);
        row.spawnedAtNs(13);
        row.readyAtNs(14);
    }

    @Test
    void shouldBeEmptyBeforeTheFirstRoot() throws SegmentException {
        try (RootView view = RootView.open(file)) {
            assertEquals("shop", view.instance());
            assertEquals(Optional.empty(), read(view).root());
        }
    }

    @Test
    void shouldCutALongTextAtAWordAndSaySo() throws SegmentException, IOException {
        try (RootSegment root = RootSegment.open(file, 42, 1);
                RootView view = RootView.open(file)) {
            root.begin(42, 99, "boot-1", 1000);
            child(root, 0, "ingest");
            root.childCount(1);
            root.child(0).lastExit(ExitKind.HANG, -1, 9, 2000, "deadlöck ".repeat(15) + "pool-1-thread-1 of 25");
            root.event(1, 0, EventType.EXITED, 1, 1, "x".repeat(130) + " " + "y".repeat(60));
            root.commit();
            RootSnapshot snapshot = read(view);
            assertEquals(
                    "deadlöck ".repeat(15).strip() + "…",
                    snapshot.children().get(0).lastExit().orElseThrow().text());
            assertEquals("x".repeat(130) + "…", snapshot.events().get(0).text());
        }
    }

    @Test
    void shouldShowReadersWhatOneDutyCycleCommitted() throws SegmentException, IOException {
        try (RootSegment root = RootSegment.open(file, 42, 1);
                RootView view = RootView.open(file)) {
            root.begin(42, 99, "boot-1", 1000);
            child(root, 0, "ingest");
            child(root, 1, "rates");
            root.child(1).lastExit(ExitKind.SIGNAL, -1, 9, 2000, "killed\nby ü" + "x".repeat(200));
            root.childCount(2);
            root.event(1500, 0, EventType.SPAWNED, 100, 3, "held");
            assertEquals(Optional.empty(), read(view).root());
            root.commit();
            RootSnapshot snapshot = read(view);
            assertEquals("boot-1", snapshot.root().orElseThrow().bootId());
            assertEquals(RootPhase.RUNNING, snapshot.root().orElseThrow().phase());
            ChildInfo ingest = snapshot.child("ingest").orElseThrow();
            assertEquals(
                    new ChildInfo(
                            0,
                            "ingest",
                            ChildKind.DAEMON,
                            ChildStateCode.READY,
                            WantedCode.UP,
                            100,
                            7,
                            8,
                            3,
                            2,
                            1,
                            11,
                            12,
                            13,
                            14,
                            false,
                            0,
                            0,
                            0,
                            Optional.empty(),
                            Optional.empty(),
                            List.of()),
                    ingest);
            LastExit exit = snapshot.child("rates").orElseThrow().lastExit().orElseThrow();
            assertEquals(9, exit.signal());
            assertTrue(exit.text().startsWith("killed by ü"), exit.text());
            assertEquals(
                    new EventInfo(1, 1500, Optional.of("ingest"), EventType.SPAWNED, 100, 3, Optional.empty(), "held"),
                    snapshot.events().get(0));
            root.child(0).state(ChildStateCode.STOPPING);
            root.rollback();
            assertEquals(Optional.of(ChildStateCode.READY), root.child(0).state());
        }
    }

    @Test
    void shouldGiveASuccessorWhatItsPredecessorCommitted() throws SegmentException, IOException {
        try (RootSegment root = RootSegment.open(file, 42, 1)) {
            root.begin(42, 99, "boot-1", 1000);
            child(root, 0, "ingest");
            root.child(0).lastExit(ExitKind.EXIT, 70, 0, 5, "trace");
            root.childCount(1);
            root.commit();
            root.child(0).pid(555);
            root.event(1, -1, EventType.NOTE, 0, 0, "lost");
        }
        try (RootSegment successor = RootSegment.open(file, 43, 2)) {
            assertEquals(1, successor.childCount());
            assertEquals(42, successor.rootPid());
            assertEquals(99, successor.rootStartTicks());
            assertEquals("boot-1", successor.bootId());
            assertEquals(0, successor.eventCount());
            assertEquals(100, successor.child(0).pid());
            assertEquals("ingest", successor.child(0).name());
            assertEquals(
                    new LastExit(ExitKind.EXIT, 70, 0, 5, "trace"),
                    successor.child(0).lastExit().orElseThrow());
        }
    }

    @Test
    void shouldShowTheStandbysOfAChildAndForgetThemOneByOne() throws SegmentException, IOException {
        StandbyRecord booting = new StandbyRecord(6, StandbyPhase.BOOTING, 101, 2, 3, 4, 5, -6, 7, 8, true);
        StandbyRecord parked = new StandbyRecord(5, StandbyPhase.PARKED, 102, 3, 4, 5, 6, 7, 8, Long.MAX_VALUE, false);
        try (RootSegment root = RootSegment.open(file, 42, 1);
                RootView view = RootView.open(file)) {
            child(root, 0, "ingest");
            child(root, 1, "rates");
            root.childCount(2);
            root.standby(1, 0).set(parked);
            root.standby(1, RootSegment.STANDBYS_PER_CHILD - 1).set(booting);
            root.commit();
            assertEquals(List.of(), read(view).child("ingest").orElseThrow().standbys());
            ChildInfo rates = read(view).child("rates").orElseThrow();
            assertEquals(List.of(parked, booting), rates.standbys());
            assertEquals(1, rates.parkedStandbys());
            root.standby(1, 0).clear();
            root.commit();
        }
        try (RootSegment successor = RootSegment.open(file, 43, 2)) {
            assertEquals(Optional.empty(), successor.standby(1, 0).get());
            assertEquals(Optional.of(booting), successor.standby(1, 3).get());
        }
    }

    @Test
    void shouldTellWhichRequestASlotIsOnAndWhatADaemonIsToDo() throws SegmentException, IOException {
        try (RootSegment root = RootSegment.open(file, 42, 1);
                RootView view = RootView.open(file)) {
            child(root, 0, "thumbs");
            root.child(0).order(3, OrderCode.DROP, 17);
            child(root, 1, "thumbs@1");
            root.child(1).reset("thumbs@1", ChildKind.TRANSACTION);
            root.child(1).state(ChildStateCode.FAILED);
            root.child(1).wanted(WantedCode.UP);
            root.child(1).request(-17);
            root.childCount(2);
            root.commit();
            assertEquals(
                    Optional.of(new RequestOrder(3, OrderCode.DROP, 17)),
                    read(view).child("thumbs").orElseThrow().order());
            ChildInfo slot = view.child("thumbs@1").orElseThrow();
            assertEquals(read(view).child("thumbs@1"), Optional.of(slot));
            assertEquals(ChildKind.TRANSACTION, slot.kind());
            assertEquals(-17, slot.request());
            assertEquals(Optional.empty(), slot.order());
        }
        try (RootSegment successor = RootSegment.open(file, 43, 2)) {
            assertEquals(3, successor.child(0).orderNumber());
            assertEquals(Optional.of(OrderCode.DROP), successor.child(0).order());
            assertEquals(17, successor.child(0).orderId());
            assertEquals(-17, successor.child(1).request());
            successor.child(0).reset("thumbs", ChildKind.DAEMON);
            successor.child(1).reset("thumbs@1", ChildKind.TRANSACTION);
            assertEquals(0, successor.child(0).orderNumber());
            assertEquals(Optional.empty(), successor.child(0).order());
            assertEquals(0, successor.child(0).orderId());
            assertEquals(0, successor.child(1).request());
        }
    }

    @Test
    void shouldFindOneChildByItsRowWhereverItGoes() throws SegmentException, IOException {
        try (RootSegment root = RootSegment.open(file, 42, 1);
                RootView view = RootView.open(file)) {
            assertEquals(Optional.empty(), view.child("rates"));
            child(root, 0, "ingest");
            child(root, 1, "rates");
            root.childCount(2);
            assertEquals(Optional.empty(), view.child("rates"));
            root.commit();
            assertEquals(1, view.child("rates").orElseThrow().index());
            assertEquals(Optional.empty(), view.child("web"));
            root.child(1).pid(555);
            assertEquals(101, view.child("rates").orElseThrow().pid());
            root.commit();
            assertEquals(555, view.child("rates").orElseThrow().pid());
            child(root, 0, "rates");
            child(root, 1, "web");
            root.commit();
            assertEquals(0, view.child("rates").orElseThrow().index());
            assertEquals(1, view.child("web").orElseThrow().index());
            root.childCount(1);
            root.commit();
            assertEquals(Optional.empty(), view.child("web"), "its row is still there");
            assertEquals(0, view.child("rates").orElseThrow().index());
        }
    }

    @Test
    void shouldKeepTheNewestEvents() throws SegmentException, IOException {
        try (RootSegment root = RootSegment.open(file, 42, 1);
                RootView view = RootView.open(file)) {
            root.begin(42, 99, "boot-1", 1000);
            int count = RootSegment.EVENT_CAPACITY + 10;
            for (int i = 1; i <= count; i++) {
                root.event(i, -1, EventType.NOTE, 0, 0, "event " + i);
                root.commit();
            }
            RootSnapshot snapshot = read(view);
            assertEquals(RootSegment.EVENT_CAPACITY, snapshot.events().size());
            assertEquals(11, snapshot.events().get(0).sequence());
            assertEquals(
                    "event " + count,
                    snapshot.events().get(RootSegment.EVENT_CAPACITY - 1).text());
        }
    }

    @Test
    void shouldTellWhoAskedAlsoWhereThatIsUserZero() throws SegmentException, IOException {
        try (RootSegment root = RootSegment.open(file, 42, 1);
                RootView view = RootView.open(file)) {
            root.begin(42, 99, "boot-1", 1000);
            child(root, 0, "ingest");
            root.childCount(1);
            root.event(1, 0, EventType.STOP_REQUESTED, 100, 3, new Asker(0, 77), "");
            root.event(2, 0, EventType.STOPPED, 100, 3, "");
            root.eventOfRoot(3, EventType.SHUTDOWN_REQUESTED, "", new Asker(4_294_967_294L, 0), "");
            root.commit();
            List<Optional<Asker>> askers =
                    read(view).events().stream().map(EventInfo::by).toList();
            assertEquals(
                    List.of(Optional.of(new Asker(0, 77)), Optional.empty(), Optional.of(new Asker(4_294_967_294L, 0))),
                    askers);
            assertEquals(askers.get(0), root.event(1).orElseThrow().by());
        }
    }

    private static ResumePoint point(long first, int failures) {
        List<Long> failedAtNs = LongStream.range(0, failures).boxed().toList();
        return new ResumePoint(
                first,
                2,
                Long.MAX_VALUE,
                4,
                5,
                6,
                7,
                8,
                9,
                true,
                false,
                12,
                13,
                14,
                15,
                16,
                17,
                18,
                19,
                20,
                21,
                true,
                22,
                23,
                24,
                25,
                26,
                true,
                27,
                28,
                false,
                29,
                30,
                31,
                true,
                false,
                true,
                failedAtNs);
    }

    @Test
    void shouldGiveASuccessorWhatItNeedsToGoOn() throws SegmentException, IOException {
        try (RootSegment root = RootSegment.open(file, 42, 1)) {
            root.resume(3).set(point(1, 5));
            root.resume(4).set(point(1, ResumePoint.FAILURES_KEPT + 3));
            root.commit();
            root.resume(3).set(point(9, 0));
        }
        try (RootSegment root = RootSegment.open(file, 43, 2)) {
            assertEquals(point(1, 5), root.resume(3).get());
            List<Long> kept = root.resume(4).get().failedAtNs();
            assertEquals(ResumePoint.FAILURES_KEPT, kept.size());
            assertEquals(3, kept.get(0), "the oldest are the ones that are forgotten");
            assertEquals(0, root.resume(5).get().phase(), "nothing was stored of it");
        }
    }

    /** As a root writes that begins in place of one that had as many as there may be of everything; and the events of a whole record in the same commit. */
    @Test
    void shouldHoldTheLargestChangeOfOneCommit() throws SegmentException, IOException {
        try (RootSegment root = RootSegment.open(file, 42, 1);
                RootView view = RootView.open(file)) {
            for (int time = 1; time <= 2; time++) {
                root.begin(42, 99, "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", time);
                root.gaveUp(time, "x".repeat(32));
                for (int i = 0; i < RootSegment.MAX_CHILDREN; i++) {
                    writeAll(root, i, time);
                }
                root.childCount(RootSegment.MAX_CHILDREN);
                List<Long> failedAtNs =
                        LongStream.range(0, ResumePoint.FAILURES_KEPT).boxed().toList();
                for (int i = 0; i < RootSegment.MAX_GROUPS; i++) {
                    root.group(i).set(new GroupRecord("g".repeat(32), time, time, true, failedAtNs));
                }
                for (int i = 0; i < RootSegment.EVENT_CAPACITY; i++) {
                    root.event(
                            time,
                            i % RootSegment.MAX_CHILDREN,
                            EventType.SPAWNED,
                            i,
                            1,
                            new Asker(time, time),
                            "y".repeat(160));
                }
                root.commit();
            }
            assertEquals(RootSegment.MAX_CHILDREN, read(view).children().size());
        }
    }

    private static void writeAll(RootSegment root, int index, int time) {
        child(root, index, "c".repeat(29) + (100 + index % 900));
        ChildRow row = root.child(index);
        row.request(time);
        root.resume(index).set(point(time, 2 * ResumePoint.FAILURES_KEPT));
        for (int place = 0; place < RootSegment.STANDBYS_PER_CHILD; place++) {
            root.standby(index, place)
                    .set(new StandbyRecord(
                            time, StandbyPhase.PARKED, time, time, time, time, time, time, time, time, true));
        }
        row.order(time, OrderCode.RETRY, time);
        row.heartbeatSeenNs(time);
        row.lastExit(ExitKind.HANG, -1, 9, time, "x".repeat(160));
    }

    @Test
    void shouldRefuseTheSegmentOfADaemon() throws SegmentException, IOException {
        Path daemon = TestSegments.create(
                directory.resolve("d.seg"), new SegmentSpec("shop", "d", SegmentSpec.KIND_DAEMON, 1 << 20));
        assertThrows(SegmentRefusedException.class, () -> RootView.open(daemon));
        assertThrows(SegmentRefusedException.class, () -> RootSegment.open(daemon, 1, 1));
    }

    @Test
    void shouldAnswerDamagedForACodeItDoesNotKnow() throws SegmentException, IOException {
        try (RootSegment root = RootSegment.open(file, 42, 1);
                RootView view = RootView.open(file)) {
            root.begin(42, 99, "boot-1", 1000);
            root.child(0).reset("ingest", ChildKind.DAEMON);
            root.childCount(1);
            root.commit();
            RootReadResult.Damaged damaged = assertInstanceOf(RootReadResult.Damaged.class, view.read());
            assertTrue(damaged.reason().contains("child state 0"), damaged.reason());
        }
    }

    @Test
    void shouldKeepTheCodesStoredInSegments() {
        assertEquals(
                "held=1 starting=2 ready=3 stopping=4 backoff=5 stopped=6 failed=7 completed=8",
                codes(ChildStateCode.values(), ChildStateCode::word, ChildStateCode::code));
        assertEquals("up=1 down=2", codes(WantedCode.values(), WantedCode::word, WantedCode::code));
        assertEquals(
                "daemon=1 command=2 auxiliary=3 transaction=4",
                codes(ChildKind.values(), ChildKind::word, ChildKind::code));
        assertEquals("retry=1 drop=2 retry-afresh=3", codes(OrderCode.values(), OrderCode::word, OrderCode::code));
        assertEquals(
                "exit=1 signal=2 hang=3 exception=4 start-timeout=5 spawn-failed=6 unknown=7 unhealthy=8",
                codes(ExitKind.values(), ExitKind::word, ExitKind::code));
        assertEquals("running=1 stopping=2 done=3", codes(RootPhase.values(), RootPhase::word, RootPhase::code));
        assertEquals(
                "root-started=1 root-stopping=2 root-stopped=3 spawned=4 spawn-failed=5 released=6 ready=7 exited=8"
                        + " heartbeat-lost=9 start-timed-out=10 stop-timed-out=11 backoff=12 failed=13 completed=14"
                        + " stopped=15 stop-requested=16 start-requested=17 restart-requested=18 kill-requested=19"
                        + " shutdown-requested=20 adopted=21 abandoned=22 threads-dumped=23 killed=24 recovered=25"
                        + " note=26 fell-back=27 reloaded=28 standby-assigned=29 standby-parked=30 standby-lost=31 standby-ended=32 hang-excused=33"
                        + " group=34 group-failed=35 gave-up=36 restarted-with=37 unhealthy=38 healthy=39"
                        + " waiting=40 stopping=41 kill-unanswered=42 reload-failed=43 notified=44 notify-failed=45"
                        + " file-lost=46 root-stalled=47 not-permitted=48",
                codes(EventType.values(), EventType::word, EventType::code));
        for (EventType type : EventType.values()) {
            assertEquals(Optional.of(type), EventType.of(type.code()));
        }
    }

    private static <E> String codes(E[] values, java.util.function.Function<E, String> word, ToIntFunction<E> code) {
        return Arrays.stream(values)
                .map(value -> word.apply(value) + "=" + code.applyAsInt(value))
                .collect(Collectors.joining(" "));
    }
}
