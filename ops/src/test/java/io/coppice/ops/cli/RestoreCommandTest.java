package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import io.coppice.state.Checksum;
import io.coppice.state.LongField;
import io.coppice.state.OwnedSegment;
import io.coppice.state.RecordLayout;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.WantedCode;
import io.coppice.supervisor.plan.WorkerOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: contents that were set aside, and checkpoints, can be seen and brought back while the daemon is down, and only then.
 * Method: `ingest` held 7 (commit 2, also a checkpoint), then 8, was emptied, and holds 9 on timeline 2.
 */
class RestoreCommandTest {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("value");
    private static final LongField VALUE = BUILDER.int64("value");
    private static final RecordLayout LAYOUT = BUILDER.build();
    private static final int INGEST = 1;

    @TempDir
    Path directory;

    private CommandHarness harness;
    private ShopFixture shop;

    @BeforeEach
    void makeShop() throws Exception {
        harness = new CommandHarness(directory);
        shop = new ShopFixture(harness);
        OwnedSegment ingest = shop.owned("ingest", 2);
        commit(ingest, 7);
        ingest.checkpoint();
        commit(ingest, 8);
        ingest.empty(true);
        commit(ingest, 9);
    }

    @AfterEach
    void closeShop() throws IOException {
        shop.close();
    }

    private static void commit(OwnedSegment segment, long value) {
        segment.state().record("value", LAYOUT).set(VALUE, value);
        segment.state().commit();
    }

    private void stopIngest(ChildStateCode state) throws IOException {
        shop.releaseSegments();
        shop.child(INGEST, row -> {
            row.state(state);
            row.pid(0);
            row.startTicks(0);
            row.wanted(state == ChildStateCode.STOPPED ? WantedCode.DOWN : WantedCode.UP);
        });
    }

    private String value() {
        String out = harness.run("state", "ingest").out();
        return out.substring(out.indexOf("value  ") + 7).strip();
    }

    @Test
    void shouldListAndShowWhatIsSetAside() {
        Result list = harness.run("state", "ingest", "--abandoned");
        assertEquals("", list.err());
        assertTrue(list.out().startsWith("T1-C2: timeline 1 up to commit 2, set aside "), list.out());
        assertEquals(1, list.lines().size());

        String json = harness.run("state", "ingest", "--abandoned", "--json").out();
        assertTrue(
                json.startsWith(
                        "{\"name\":\"ingest\",\"abandoned\":[{\"id\":\"T1-C2\",\"timeline\":1,\"commits\":2,\"at\":\""),
                json);
        String shown = harness.run("state", "ingest", "--abandoned", "T1-C2").out();
        assertTrue(shown.startsWith("shop/ingest: commit 2, timeline 1, "), shown);
        assertTrue(shown.endsWith("value: record\n  value  8\n"), shown);
        String shownJson =
                harness.run("state", "ingest", "--abandoned", "T1-C2", "--json").out();
        assertTrue(shownJson.contains("\"fields\":{\"value\":8}"), shownJson);

        Result none = harness.run("state", "ingest", "--abandoned", "T9-C9");
        assertEquals(
                new Result(1, "", "coppice: Nothing of ingest is set aside as `T9-C9`.\n  There is T1-C2.\n"), none);
    }

    @Test
    void shouldBringACheckpointBackInPlaceOfDamagedContents() throws Exception {
        OwnedSegment report = shop.owned("report", 1);
        report.recover(Checksum.ARENA);
        commit(report, 3);
        report.checkpoint();
        commit(report, 4);
        shop.releaseSegments();
        Path file = shop.segmentFile("report");
        int value = 4096 + (128 << 10) + (36 << 10) + 64 + 128 + 64;
        try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
            damaged.seek(value + 7);
            damaged.write(1);
        }
        shop.child(3, row -> row.state(ChildStateCode.FAILED));
        assertTrue(harness.run("state", "report").out().contains(", checksum wrong\n"));

        Result restored = harness.run("restore", "report", "--checkpoint", "1", "--yes");
        assertEquals(0, restored.exitCode());
        assertTrue(
                restored.err().startsWith("coppice: The present contents of report are damaged: The arena was damaged"),
                restored.err());
        assertEquals(
                "report: restored checkpoint 1; timeline 2 begins at commit 1. What it held before is set aside as"
                        + " T1-C2.\n",
                restored.out());
        String out = harness.run("state", "report").out();
        assertTrue(out.contains(", checksum right\n") && out.contains("  value  3\n"), out);
        Result refused = harness.run("restore", "report", "T1-C2", "--yes");
        assertEquals(1, refused.exitCode());
        assertTrue(refused.err().contains("what was kept aside is damaged"), refused.err());
    }

    @Test
    void shouldListCheckpoints() {
        String out = harness.run("state", "ingest").out();
        assertTrue(out.contains("\ncheckpoint 1: commit 1, timeline 1, taken "), out);
        String json = harness.run("state", "ingest", "--json").out();
        assertTrue(json.contains("\"checkpoints\":[{\"number\":1,\"commits\":1,\"timeline\":1,\"taken\":\""), json);
    }

    @Test
    void shouldBringBackTheNewestThatIsSetAsideOnANewTimeline() throws Exception {
        stopIngest(ChildStateCode.FAILED);
        assertEquals(
                new Result(
                        0,
                        "ingest: restored T1-C2; timeline 3 begins at commit 2. What it held before is set aside as"
                                + " T2-C1.\n",
                        ""),
                harness.run("restore", "ingest", "--yes"));
        assertEquals("8", value());
        assertEquals(0, harness.run("restore", "ingest", "T2-C1", "--yes").exitCode());
        assertEquals("9", value(), "what was replaced can be brought back in turn");
    }

    @Test
    void shouldSayWhatMadeRoomForWhatItSetsAside() throws Exception {
        OwnedSegment report = shop.owned("report", 1);
        for (long value = 1; value <= 3; value++) {
            commit(report, value);
            report.empty(true);
        }
        commit(report, 4);
        report.checkpoint();
        commit(report, 5);
        shop.releaseSegments();
        shop.child(3, row -> row.wanted(WantedCode.DOWN));
        assertEquals(
                new Result(
                        0,
                        "report: restored checkpoint 1; timeline 5 begins at commit 1. What it held before is set aside as"
                                + " T4-C2. T1-C1 made room for it and is gone.\n",
                        ""),
                harness.run("restore", "report", "--checkpoint", "1", "--yes"));
    }

    @Test
    void shouldBringACheckpointBack() throws Exception {
        stopIngest(ChildStateCode.STOPPED);
        Result result = harness.run("restore", "ingest", "--checkpoint", "1", "--yes");
        assertEquals("", result.err());
        assertTrue(
                result.out().startsWith("ingest: restored checkpoint 1; timeline 3 begins at commit 1."), result.out());
        assertEquals("7", value());
        Result none = harness.run("restore", "ingest", "--checkpoint", "5", "--yes");
        assertEquals(1, none.exitCode());
        assertEquals("coppice: ingest keeps no checkpoint 5.\n  It keeps 1 (commit 1).\n", none.err());
        assertEquals(none, harness.run("restore", "ingest", "--checkpoint", "5"), "before it asks for --yes");
    }

    /** What a checkpoint is verified for: the last commit cannot be recovered any more. */
    @Test
    void shouldBringASoundCheckpointBackWhenThePresentContentsAreDamaged() throws Exception {
        stopIngest(ChildStateCode.FAILED);
        Path file = shop.directory.path().resolve("ingest.seg");
        try (RandomAccessFile segment = new RandomAccessFile(file.toFile(), "rw")) {
            byte[] bytes = new byte[(int) segment.length()];
            segment.readFully(bytes);
            int name = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("value");
            segment.seek(name);
            segment.write('w');
        }
        Result shown = harness.run("state", "ingest");
        assertEquals(1, shown.exitCode(), shown.out());
        Result result = harness.run("restore", "ingest", "--checkpoint", "1", "--yes");
        assertTrue(result.err().startsWith("coppice: The present contents of ingest are damaged: "), result.err());
        assertEquals(0, result.exitCode());
        assertEquals("7", value());
    }

    @Test
    void shouldWarnBeforehandWhereTheNextStartWouldThrowTheRestoredContentsAway() throws Exception {
        stopIngest(ChildStateCode.STOPPED);
        shop.writePlan(WorkerOptions.MAIN_CLASS, "--evolve", "migrate", "--resume", "zero", "--", "x");
        String warning =
                "coppice: By its plan ingest starts empty (`resume: zero`): its next start would throw away what"
                        + " is restored.\n  Say `resume: resume` in its manifest first, end the root and `coppice run` again.\n";
        Result result = harness.run("restore", "ingest", "--yes");
        assertEquals(0, result.exitCode());
        assertEquals(warning, result.err());
        harness.outKind = Caller.OutputKind.TERMINAL;
        harness.input = "n";
        assertTrue(harness.run("restore", "ingest").err().startsWith(warning), "before the question");
        shop.writePlan(WorkerOptions.MAIN_CLASS, "--resume", "ask", "--", "--resume", "zero");
        assertEquals("", harness.run("restore", "ingest", "--yes").err());
        // A program under the agent, whose arguments are nobody's business.
        shop.writePlan("-javaagent:agent.jar", "-jar", "shop.jar", "--resume", "zero", "--", "x");
        assertEquals("", harness.run("restore", "ingest", "--yes").err());
    }

    @Test
    void shouldRefuseWhileTheDaemonHasAProcessOrWillGetOne() throws Exception {
        Result result = harness.run("restore", "ingest", "--yes");
        assertEquals(1, result.exitCode());
        assertEquals(
                "coppice: Will not restore ingest while it is ready as pid 61.\n  `coppice stop ingest` first, and"
                        + " `coppice start ingest` afterwards.\n",
                result.err());
        stopIngest(ChildStateCode.BACKOFF);
        assertEquals(1, harness.run("restore", "ingest", "--yes").exitCode());
        shop.killRoot();
        Result withoutRoot = harness.run("restore", "ingest", "--yes", "--instance", "shop");
        assertEquals(new Result(0, withoutRoot.out(), ""), withoutRoot);
    }

    /** A dead root takes no `stop`. */
    @Test
    void shouldSayHowToStopWhatADeadRootLeftRunning() throws Exception {
        shop.killRoot();
        assertEquals(
                "coppice: Will not restore ingest while it is ready as pid 61.\n  Its root is dead: `coppice run` the"
                        + " instance, then `coppice stop ingest` first, and `coppice start ingest` afterwards.\n",
                harness.run("restore", "ingest", "--yes", "--instance", "shop").err());
    }

    @Test
    void shouldRefuseWhileSomebodyHoldsTheOwnerLock() throws Exception {
        shop.child(INGEST, row -> {
            row.state(ChildStateCode.FAILED);
            row.pid(0);
        });
        Result result = harness.run("restore", "ingest", "--yes");
        assertEquals(1, result.exitCode());
        assertTrue(result.err().startsWith("coppice: Cannot restore ingest: Segment "), result.err());
        assertTrue(result.err().contains(" is owned by "), result.err());
    }

    @Test
    void shouldAskOnATerminalAndInsistOnYesElsewhere() throws Exception {
        stopIngest(ChildStateCode.FAILED);
        Result silent = harness.run("restore", "ingest");
        assertEquals(
                new Result(2, "", "coppice: restore would replace the contents of ingest by T1-C2: say --yes.\n"),
                silent);
        harness.outKind = Caller.OutputKind.TERMINAL;
        harness.input = "n";
        assertEquals(1, harness.run("restore", "ingest").exitCode());
        harness.input = "y";
        assertEquals(0, harness.run("restore", "ingest").exitCode());
    }

    @Test
    void shouldRefuseAnIdAndACheckpointAtOnceAndWhatIsNoDaemon() {
        assertEquals(
                2,
                harness.run("restore", "ingest", "T1-C2", "--checkpoint", "1", "--yes")
                        .exitCode());
        assertEquals(3, harness.run("restore", "nobody", "--yes").exitCode());
        assertEquals(1, harness.run("restore", "web", "--yes").exitCode());
        Result nothing = harness.run("state", "rates", "--abandoned");
        assertEquals(new Result(0, "nothing of rates is set aside\n", ""), nothing);
    }
}
