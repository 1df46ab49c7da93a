package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import io.coppice.state.OwnedSegment;
import io.coppice.state.RequestId;
import io.coppice.state.RequestStatus;
import io.coppice.state.Requests;
import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildRow;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.WantedCode;
import io.coppice.supervisor.plan.WorkerOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What daemons have submitted, shown to operators. */
class TransactionsCommandTest {
    private static final long QUARANTINED = RequestId.of(1, 1);
    private static final long RUNNING = RequestId.of(1, 2);
    private static final long QUEUED = RequestId.of(1, 3);
    private static final long BINARY = RequestId.of(1, 4);
    private static final byte[] NO_TEXT = {(byte) 0xff, 0, 1, (byte) 0x80};

    @TempDir
    Path directory;

    private CommandHarness harness;
    private ShopFixture shop;
    private OwnedSegment ingest;

    /** Rows: rates, then ingest with two slots, of which the first works at its first attempt. */
    @BeforeEach
    void makeShop() throws Exception {
        harness = new CommandHarness(directory);
        shop = new ShopFixture(harness);
        ingest = shop.owned("ingest", 0);
        Requests requests = ingest.requests(6, 1024);
        quarantine(requests, requests.add(QUARANTINED, "shop.Scale", bytes("cat.png"), ago(90)), "signal SEGV");
        int running = requests.add(RUNNING, "shop.Scale", bytes("dog.png"), ago(5));
        requests.slot(running, 1);
        requests.status(running, RequestStatus.RUNNING);
        requests.add(QUEUED, "shop.Mail", bytes("a long one\nof many lines and of many characters"), ago(2));
        quarantine(requests, requests.add(BINARY, "shop.Scale", NO_TEXT, ago(61)), "exit code 3");
        ingest.state().commit();
        shop.child(2, row -> {
            row.reset("ingest@1", ChildKind.TRANSACTION);
            row.wanted(WantedCode.DOWN);
            row.state(ChildStateCode.READY);
            row.pid(62);
            row.startTicks(620);
            row.incarnation(6);
            row.spawnedAtNs(CommandHarness.NOW_NS - 4_000_000_000L);
            row.request(RUNNING);
        });
        shop.child(3, row -> {
            row.reset("ingest@2", ChildKind.TRANSACTION);
            row.wanted(WantedCode.DOWN);
            row.state(ChildStateCode.STOPPED);
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static long ago(long seconds) {
        return CommandHarness.NOW_EPOCH_MS - seconds * 1000;
    }

    private static void quarantine(Requests requests, int entry, String cause) {
        requests.status(entry, RequestStatus.QUARANTINED);
        requests.attempts(entry, 4);
        requests.cause(entry, cause);
    }

    @AfterEach
    void closeShop() throws IOException {
        shop.close();
    }

    @Test
    void shouldShowSlotsQueueAndQuarantine() {
        String expected = """
                ingest: 2 slots; 1 running, 1 queued, 2 quarantined
                SLOT      STATE    REQUEST  ATTEMPT  PID  UPTIME  TASK        BYTES  INPUT
                ingest@1  ready    1-2            1   62      4s  shop.Scale      7  "dog.png"
                ingest@2  stopped  -              -    -       -  -               -  -
                QUEUED  SUBMITTED  TASK       BYTES  INPUT
                1-3        2s ago  shop.Mail     47  "a long one\\nof many lines and of "…
                QUARANTINED   SUBMITTED  ATTEMPTS  TASK        BYTES  INPUT       CAUSE
                1-1          1m 30s ago         4  shop.Scale      7  "cat.png"   signal SEGV
                1-4           1m 1s ago         4  shop.Scale      4  0xff000180  exit code 3
                """;
        for (String[] arguments : new String[][] {{"transactions"}, {"transactions", "ingest"}}) {
            Result result = harness.run(arguments);
            assertEquals("", result.err());
            assertEquals(0, result.exitCode());
            assertEquals(expected, result.out());
        }
    }

    @Test
    void shouldTellToolsTheSame() {
        Result result = harness.run("transactions", "--json");
        assertEquals(0, result.exitCode(), result.err());
        assertEquals(1, result.lines().size());
        String json = result.out();
        assertTrue(
                json.startsWith("{\"instance\":\"shop\",\"daemons\":[{\"name\":\"ingest\",\"slots\":[{\"slot\":1,"),
                json);
        assertTrue(
                json.contains("\"running\":[{\"id\":\"1-2\",\"task\":\"shop.Scale\","
                        + "\"submitted\":\"2026-11-21T09:14:55Z\",\"attempts\":0,\"slot\":\"ingest@1\","
                        + "\"input_bytes\":7,\"input_begins\":\"dog.png\",\"cause\":null}]"),
                json);
        assertTrue(json.contains("\"queued\":[{\"id\":\"1-3\","), json);
        assertTrue(
                json.contains("{\"id\":\"1-4\",\"task\":\"shop.Scale\",\"submitted\":\"2026-11-21T09:13:59Z\","
                        + "\"attempts\":4,\"slot\":null,\"input_bytes\":4,\"input_begins\":{\"base64\":\"/wABgA==\"},"
                        + "\"cause\":\"exit code 3\"}],\"problem\":null}]}"),
                json);
    }

    @Test
    void shouldWorkWhileRootAndDaemonAreDead() throws IOException {
        shop.killRoot();
        harness.proc.end(61);
        shop.releaseSegments();
        Result result = harness.run("transactions", "--instance", "shop");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out().contains("\n1-4 "), result.out());
    }

    @Test
    void shouldShowOneThatHasSubmittedNothing() throws Exception {
        shop.releaseSegments();
        Files.delete(shop.segmentFile("ingest"));
        shop.owned("ingest", 0);
        Result result = harness.run("transactions");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out().startsWith("ingest: 2 slots; 0 running, 0 queued, 0 quarantined\nSLOT "), result.out());
        assertEquals(3, result.lines().size() - 1);
    }

    @Test
    void shouldNotSayThatItRunsWhereNothingDoes() {
        shop.child(2, row -> {
            row.state(ChildStateCode.STOPPED);
            row.pid(0);
        });
        assertTrue(harness.run("transactions")
                .out()
                .startsWith("ingest: 2 slots; 0 running, 1 waiting for a process, 1 queued, 2 quarantined\n"));
        String json = harness.run("transactions", "--json").out();
        assertTrue(json.contains("\"running\":[],\"assigned\":[{\"id\":\"1-2\","), json);
    }

    private void contents(long request, boolean done) throws Exception {
        try (OwnedSegment slot = shop.owned("ingest@1", 0)) {
            slot.beginRequest(request);
            if (done) {
                slot.stampResult();
                slot.state().commit();
            }
        }
    }

    @Test
    void shouldSayThatAResultIsThereAndHaveItDropped() throws Exception {
        contents(RUNNING, true);
        shop.child(2, row -> {
            row.state(ChildStateCode.COMPLETED);
            row.pid(0);
        });
        List<String> lines = harness.run("transactions").lines();
        assertEquals("ingest: 2 slots; 0 running, 1 done and not taken up, 1 queued, 2 quarantined", lines.get(0));
        assertEquals(
                "1-2 is done: its result stays in ingest@1 until ingest takes it up;"
                        + " `coppice transactions ingest --drop 1-2` drops it",
                lines.get(4));
        String json = harness.run("transactions", "--json").out();
        assertTrue(json.contains("\"running\":[],\"assigned\":[],\"done\":[{\"id\":\"1-2\","), json);
        try (FakeRoot root = root("ok 1\n", 1)) {
            refused(
                    1,
                    "ingest has no 1-2 in quarantine: it is done and not taken up.",
                    "transactions",
                    "ingest",
                    "--retry",
                    "1-2");
            assertEquals(
                    "ingest: 1-2 dropped\n",
                    harness.run("transactions", "ingest", "--drop", "1-2").out());
            assertEquals(List.of("coppice/1 drop ingest 1-2"), root.requests());
        }
    }

    /** The daemon began anew, and what its slot did for the one before is not over yet. */
    @Test
    void shouldShowWhatTheProcessWorksOnBesideWhatIsNext() throws Exception {
        contents(RequestId.of(0, 9), false);
        List<String> lines = harness.run("transactions").lines();
        assertEquals("ingest: 2 slots; 0 running, 1 waiting for a process, 1 queued, 2 quarantined", lines.get(0));
        assertEquals("ingest@1  ready    0-9            -   62      4s  -               -  -", lines.get(2));
        assertEquals("ingest@1  next     1-2            -    -       -  shop.Scale      7  \"dog.png\"", lines.get(3));
    }

    @Test
    void shouldWriteAnInputByteForByte() throws IOException {
        assertEquals(
                "cat.png",
                harness.run("transactions", "ingest", "--input", "1-1", "--output", "-")
                        .out());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        assertEquals(
                0, harness.run(out, err, "transactions", "ingest", "--input", "1-4", "--output", "-"), err.toString());
        assertArrayEquals(NO_TEXT, out.toByteArray());
        Result result = harness.run("transactions", "ingest", "--input", "1-4", "--output", "poison.bin");
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("", result.out());
        assertArrayEquals(NO_TEXT, Files.readAllBytes(harness.workingDirectory.resolve("poison.bin")));
        result = harness.run("transactions", "ingest", "--input", "1-4", "--output", "nowhere/poison.bin");
        assertEquals(1, result.exitCode());
        assertTrue(result.err().startsWith("coppice: Cannot write nowhere/poison.bin: "), result.err());
    }

    @Test
    void shouldSayWhatIsWrongWithAQuestion() {
        refused(3, "No such daemon in shop: inges. Did you mean ingest?", "transactions", "inges");
        refused(
                1,
                "rates has no transactions.\n  `transactions: {slots: N}` in the manifest gives a daemon some.",
                "transactions",
                "rates");
        refused(2, "ingest@1 is a slot of the transactions of ingest.", "transactions", "ingest@1");
        refused(2, "Give --input and --output together", "transactions", "ingest", "--input", "1-1");
        refused(2, "Of which daemon? Give its name.", "transactions", "--input", "1-1", "--output", "-");
        refused(
                2,
                "`17` is no transaction, expected its number as it is listed, like 1-17.",
                "transactions",
                "ingest",
                "--input",
                "17",
                "--output",
                "-");
        refused(
                1,
                "ingest has no transaction 1-17, or no more.\n  `coppice transactions ingest` lists what it has.",
                "transactions",
                "ingest",
                "--input",
                "1-17",
                "--output",
                "-");
    }

    private void refused(int exitCode, String expected, String... arguments) {
        Result result = harness.run(arguments);
        assertEquals(exitCode, result.exitCode(), result.err());
        assertEquals("", result.out());
        assertTrue(result.err().startsWith("coppice: " + expected), result.err());
    }

    @Test
    void shouldTellOfASegmentThatCannotBeRead() throws IOException {
        shop.releaseSegments();
        Files.write(shop.segmentFile("ingest"), new byte[4096]);
        Result result = harness.run("transactions");
        assertEquals(1, result.exitCode());
        assertTrue(result.out().startsWith("ingest: 2 slots; what it has submitted cannot be read\n"), result.out());
        assertTrue(result.err().startsWith("coppice: Cannot read what ingest has submitted: "), result.err());
        assertTrue(harness.run("transactions", "--json").out().contains("\"quarantined\":[],\"problem\":\""));
    }

    private FakeRoot root(String answer, long done) throws IOException {
        return new FakeRoot(shop.directory.controlSocket(), request -> {
            ingest.orderDone(done);
            return answer;
        });
    }

    @Test
    void shouldHaveTheDaemonDoWhatIsOrdered() throws Exception {
        try (FakeRoot root = root("ok 3\n", 3)) {
            Result result = harness.run("transactions", "ingest", "--retry", "1-4");
            assertEquals(0, result.exitCode(), result.err());
            assertEquals("ingest: 1-4 to be tried again\n", result.out());
            assertEquals(
                    "ingest: 2 transactions to be tried again\n",
                    harness.run("transactions", "ingest", "--retry", "all").out());
            assertEquals(
                    "ingest: 1-1 dropped\n",
                    harness.run("transactions", "ingest", "--drop", "1-1").out());
            assertEquals(
                    "ingest: 2 transactions dropped\n",
                    harness.run("transactions", "ingest", "--drop", "all").out());
            assertEquals(
                    List.of(
                            "coppice/1 retry ingest 1-4",
                            "coppice/1 retry ingest all",
                            "coppice/1 drop ingest 1-1",
                            "coppice/1 drop ingest all"),
                    root.requests());
        }
    }

    @Test
    void shouldAskForNothingThatIsNotThere() throws Exception {
        try (FakeRoot root = root("ok 1\n", 1)) {
            refused(
                    1,
                    "ingest has no 1-17 in quarantine.\n  There is 1-1, 1-4.",
                    "transactions",
                    "ingest",
                    "--retry",
                    "1-17");
            refused(
                    1,
                    "ingest has no 1-3 in quarantine: it is queued.\n  There is 1-1, 1-4.",
                    "transactions",
                    "ingest",
                    "--drop",
                    "1-3");
            refused(2, "--retry: `17` is no transaction", "transactions", "ingest", "--retry", "17");
            refused(2, "--drop: `ALL` is no transaction", "transactions", "ingest", "--drop", "ALL");
            refused(2, "Of which daemon? Give its name.", "transactions", "--drop", "all");
            refused(
                    2,
                    "Give one of --retry, --drop, not more of them.",
                    "transactions",
                    "ingest",
                    "--drop",
                    "all",
                    "--retry",
                    "all");
            refused(2, "--timeout is for --retry and --drop.", "transactions", "ingest", "--timeout", "1s");
            refused(1, "rates has no transactions.", "transactions", "rates", "--drop", "all");
            refused(3, "No such daemon in shop: inges.", "transactions", "inges", "--drop", "all");
            Requests requests = ingest.requests(6, 1024);
            requests.free(requests.find(QUARANTINED));
            requests.free(requests.find(BINARY));
            ingest.state().commit();
            refused(
                    1,
                    "ingest has no 1-1 in quarantine.\n  There is nothing in it.",
                    "transactions",
                    "ingest",
                    "--retry",
                    "1-1");
            Result result = harness.run("transactions", "ingest", "--drop", "all");
            assertEquals(0, result.exitCode(), result.err());
            assertEquals("ingest: nothing is quarantined\n", result.out());
            assertEquals(List.of(), root.requests());
        }
    }

    @Test
    void shouldSayWhyTheRootGaveNoOrder() throws Exception {
        try (FakeRoot root = root("error 1 it has not carried out order 1 yet (drop 1-1)\n", 0)) {
            refused(
                    1,
                    "Cannot retry 1-4 of ingest: it has not carried out order 1 yet (drop 1-1)",
                    "transactions",
                    "ingest",
                    "--retry",
                    "1-4");
            assertEquals(1, root.requests().size());
        }
        shop.killRoot();
        refused(1, "The root of shop is not running", "transactions", "ingest", "--retry", "1-4", "--instance", "shop");
    }

    @Test
    void shouldSayThatAnOrderStandsThatIsNotCarriedOut() throws Exception {
        try (FakeRoot root = new FakeRoot(shop.directory.controlSocket(), request -> {
            harness.nowNs += 91_000_000_000L;
            return "ok 1\n";
        })) {
            refused(
                    1,
                    "ingest has not done it within 90000 ms: it is ready (pid 61, incarnation 2).\n  The order stands"
                            + " (retry 1-4).",
                    "transactions",
                    "ingest",
                    "--retry",
                    "1-4");
            shop.child(1, row -> {
                row.state(ChildStateCode.STOPPED);
                row.wanted(WantedCode.DOWN);
                row.pid(0);
            });
            refused(
                    1,
                    "ingest is stopped.\n  The order stands (drop all): it is carried out once the daemon runs;"
                            + " `coppice start ingest` starts it.",
                    "transactions",
                    "ingest",
                    "--drop",
                    "all");
            assertEquals(2, root.requests().size());
        }
        Files.delete(shop.directory.controlSocket());
        try (FakeRoot root = new FakeRoot(shop.directory.controlSocket(), request -> {
            shop.killRoot();
            return "ok 2\n";
        })) {
            shop.child(1, row -> row.wanted(WantedCode.UP));
            refused(
                    1,
                    "Cannot tell whether ingest will do it: the root ",
                    "transactions",
                    "ingest",
                    "--drop",
                    "all",
                    "--instance",
                    "shop");
            assertEquals(1, root.requests().size());
        }
    }

    @Test
    void shouldSayInTheStatusThatThereIsSomething() throws Exception {
        shop.writePlan(WorkerOptions.MAIN_CLASS, "--transactions", "2,2,1024,2");
        String hint = "\ningest: 2 quarantined; `coppice transactions ingest` shows what, and why\n";
        assertTrue(
                harness.run("status").out().endsWith(hint),
                harness.run("status").out());
        String json = harness.run("status", "--json").out();
        assertTrue(json.contains("\"quarantined\":2,"), json);
        assertTrue(json.contains("\"quarantined\":null,"), json);
        Requests requests = ingest.requests(6, 1024);
        requests.free(requests.find(QUARANTINED));
        requests.free(requests.find(BINARY));
        ingest.state().commit();
        assertFalse(harness.run("status").out().contains("quarantined"));
        assertTrue(harness.run("status", "--json").out().contains("\"quarantined\":0,"));
        shop.writePlan(WorkerOptions.MAIN_CLASS, "--transactions", "2,1024,4194304,2");
        assertFalse(harness.run("status", "--json").out().contains("\"quarantined\":0,"), "too much to copy");
    }

    @Test
    void shouldSayThatThereAreNone() {
        shop.child(2, row -> other(row, "one"));
        shop.child(3, row -> other(row, "two"));
        Result result = harness.run("transactions");
        assertEquals(0, result.exitCode());
        assertEquals("no daemon of shop has transactions\n", result.out());
    }

    private static void other(ChildRow row, String name) {
        row.reset(name, ChildKind.COMMAND);
        row.wanted(WantedCode.DOWN);
        row.state(ChildStateCode.STOPPED);
    }
}
