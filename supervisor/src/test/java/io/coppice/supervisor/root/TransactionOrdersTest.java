package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.OwnedSegment;
import io.coppice.state.RequestId;
import io.coppice.state.SegmentFile;
import io.coppice.state.root.EventType;
import io.coppice.state.root.OrderCode;
import io.coppice.state.root.RequestOrder;
import io.coppice.state.root.RootSnapshot;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlans;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import io.coppice.supervisor.plan.StartTimeouts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders about what is quarantined, from the line that a command writes to what a daemon reads; over real roots. */
class TransactionOrdersTest {
    private static final String FOREVER = "while :; do sleep 1000; done";
    private static final long ID = RequestId.of(1, 17);

    @TempDir
    Path base;

    private static ControlRequest parsed(String line) {
        byte[] bytes = ("coppice/1 " + line).getBytes(StandardCharsets.UTF_8);
        return ControlRequest.parse(bytes, bytes.length);
    }

    @Test
    void shouldReadOrders() {
        assertEquals(new ControlRequest.Order("db", OrderCode.RETRY, ID), parsed("retry db 1-17"));
        assertEquals(new ControlRequest.Order("db", OrderCode.RETRY_AFRESH, ID), parsed("retry-afresh db 1-17"));
        assertEquals(new ControlRequest.Order("db.2", OrderCode.DROP, 0), parsed("drop db.2 all"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "retry",
                "retry db",
                "retry db 17",
                "retry db 1-0",
                "retry db -1-17",
                "retry db 99999999999999999999-1",
                "retry db 1-17 ",
                "retry db  1-17",
                "drop db ALL",
                "drop db all 1-17"
            })
    void shouldRefuseWhatIsNone(String line) {
        assertEquals(
                new ControlRequest.Malformed(
                        2,
                        line.substring(0, line.indexOf(' ') < 0 ? line.length() : line.indexOf(' '))
                                + ": expected NAME ID, the number of a transaction like 1-17, or all"),
                parsed(line));
    }

    private ChildPlan db() {
        return RootReloadTest.daemon(RootProcess.command("db", base, FOREVER)).toBuilder()
                .heartbeatTimeoutMs(60_000)
                .startTimeouts(StartTimeouts.of(60_000))
                .plan();
    }

    private ChildPlan[] children() {
        return new ChildPlan[] {
            RootProcess.command("web", base, FOREVER),
            db(),
            ChildPlans.slot("db", 1).workingDirectory(base.toString()).plan(),
            ChildPlans.slot("db", 2).workingDirectory(base.toString()).plan()
        };
    }

    private static OwnedSegment owned(RootProcess root) throws Exception {
        RootSnapshot.ChildInfo db = root.await("db", child -> child.pid() > 1);
        OwnedSegment segment = SegmentFile.openOwned(
                root.directory.resolve("db.seg"), root.directory.resolve("db.lock"), db.pid(), db.incarnation());
        segment.recover();
        return segment;
    }

    private static Optional<RequestOrder> order(RootProcess root) throws Exception {
        return root.await("db", child -> true).order();
    }

    private static Optional<RequestOrder> retry(long number, long id) {
        return Optional.of(new RequestOrder(number, OrderCode.RETRY, id));
    }

    private static void awaitBegun(RootProcess root) throws Exception {
        root.awaitSnapshot("the root has begun", snapshot -> {
            long sinceEpochMs =
                    snapshot.root().map(RootSnapshot.RootInfo::sinceEpochMs).orElse(Long.MAX_VALUE);
            return snapshot.root().filter(r -> r.pid() == root.process.pid()).isPresent()
                    && snapshot.events().stream()
                            .anyMatch(
                                    event -> event.type() == EventType.ROOT_STARTED && event.epochMs() >= sinceEpochMs);
        });
    }

    private static final String NOT_YET =
            "error 1 it has not carried out order 1 yet (retry 1-17); it does so as soon as it runs\n";

    @Test
    void shouldGiveOneOrderAfterTheOther() throws Exception {
        try (RootProcess root = RootProcess.start(base, children());
                OwnedSegment segment = owned(root)) {
            assertEquals("error 2 web has no transactions\n", root.request("coppice/1 retry web all"));
            assertEquals("error 2 db@1 has no transactions\n", root.request("coppice/1 retry db@1 all"));
            assertEquals(
                    "error 3 no daemon is named `bd`; there are: web, db, db@1, db@2\n",
                    root.request("coppice/1 drop bd 1-17"));
            assertEquals(Optional.empty(), order(root));

            assertEquals("ok 1\n", root.request("coppice/1 retry db 1-17"));
            assertEquals(retry(1, ID), order(root));
            assertEquals(NOT_YET, root.request("coppice/1 drop db all"));
            assertEquals(retry(1, ID), order(root));
            assertEquals(
                    "db",
                    root.awaitEvent(EventType.NOTE, "order 1: retry 1-17")
                            .child()
                            .orElseThrow());

            segment.orderDone(1);
            assertEquals("ok 2\n", root.request("coppice/1 drop db all"));
            assertEquals(Optional.of(new RequestOrder(2, OrderCode.DROP, 0)), order(root));

            // Whatever it writes there, the root goes on, and gives no order that would be taken for one that was
            // carried out.
            segment.orderDone(Long.MAX_VALUE);
            assertTrue(root.request("coppice/1 drop db all")
                    .startsWith("error 1 its segment is damaged: it has carried out"));
            segment.orderDone(Long.MIN_VALUE);
            assertTrue(root.request("coppice/1 drop db all").startsWith("error 1 its segment is damaged"));
            segment.orderDone(40);
            assertEquals("ok 41\n", root.request("coppice/1 retry db all"), "its record of orders was lost");
            assertEquals("ok\n", root.request("coppice/1 ping"));
        }
    }

    @Test
    void shouldKeepAnOrderOverTheEndOfARootHoweverItCame() throws Exception {
        try (RootProcess first = RootProcess.start(base, children())) {
            first.await("db", child -> child.pid() > 1);
            assertEquals("ok 1\n", first.request("coppice/1 retry db 1-17"));
            first.process.destroyForcibly();
            first.awaitExit();
            try (RootProcess second = RootProcess.start(base, children())) {
                awaitBegun(second);
                assertEquals(retry(1, ID), order(second), "killed");
                assertEquals(NOT_YET, second.request("coppice/1 drop db all"));
                assertEquals(0, second.stop(), second.stderr());
            }
            try (RootProcess third = RootProcess.start(base, children())) {
                awaitBegun(third);
                assertEquals(retry(1, ID), order(third), "ended in order");
                assertEquals(NOT_YET, third.request("coppice/1 drop db all"));
                assertEquals(0, third.stop(), third.stderr());
            }
        }
    }

    @Test
    void shouldKeepAnOrderWhereRowsAreWrittenAnew() throws Exception {
        try (RootProcess root = RootProcess.start(base, children())) {
            root.await("db", child -> child.pid() > 1);
            assertEquals("ok 1\n", root.request("coppice/1 retry db 1-17"));

            // Its row is another one by this plan.
            ChildPlan[] all = children();
            Plan next = new Plan(
                    "test",
                    "/test.yaml",
                    root.directory.toString(),
                    root.directory.toString(),
                    NoticeCommand.NONE,
                    List.of(GroupPlan.INSTANCE),
                    List.of(),
                    List.of(all[1], all[2], all[3]));
            Plan present = PlanText.read(Files.readString(root.directory.resolve("plan")));
            Files.writeString(root.directory.resolve("plan-a1.next"), PlanText.write(next));
            assertEquals(
                    "ok\n",
                    root.request("coppice/1 reload plan-a1.next " + PlanText.fingerprint(present)),
                    root.stderr());
            root.awaitSnapshot("the new plan", snapshot -> snapshot.child("web").isEmpty());
            assertEquals(retry(1, ID), order(root), "reload");

            Files.delete(root.directory.resolve("root.seg"));
            root.awaitCondition("a new table", () -> Files.exists(root.directory.resolve("root.seg")));
            root.awaitEvent(EventType.FILE_LOST, "root.seg");
            assertEquals(retry(1, ID), order(root), "another segment of the root");
            assertEquals(NOT_YET, root.request("coppice/1 drop db all"));
        }
    }

    @Test
    void shouldCountOnFromWhatTheDaemonHasCarriedOut() throws Exception {
        try (RootProcess root = RootProcess.start(base, children());
                OwnedSegment segment = owned(root)) {
            segment.orderDone(5);
            assertEquals("ok 6\n", root.request("coppice/1 retry db all"));
        }
    }
}
