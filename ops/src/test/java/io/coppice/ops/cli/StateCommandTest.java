package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import io.coppice.state.AppendLog;
import io.coppice.state.BytesField;
import io.coppice.state.Channel;
import io.coppice.state.Checksum;
import io.coppice.state.Counters;
import io.coppice.state.DoubleField;
import io.coppice.state.LongField;
import io.coppice.state.OwnedSegment;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.RecordPool;
import io.coppice.state.RecordQueue;
import io.coppice.state.RequestId;
import io.coppice.state.RequestStatus;
import io.coppice.state.Requests;
import io.coppice.state.SegmentFile;
import io.coppice.state.State;
import io.coppice.state.StringLongMap;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateCommandTest {
    private static final RecordLayout.Builder POSITION = RecordLayout.named("position");
    private static final LongField OFFSET = POSITION.int64("offset");
    private static final DoubleField RATE = POSITION.float64("rate");
    private static final BytesField WORD = POSITION.bytes("word", 16);
    private static final RecordLayout POSITION_LAYOUT = POSITION.build();

    @TempDir
    Path directory;

    private CommandHarness harness;
    private ShopFixture shop;
    private State state;
    private Record position;

    @BeforeEach
    void makeShop() throws Exception {
        harness = new CommandHarness(directory);
        shop = new ShopFixture(harness);
        state = shop.segment("ingest", 3);
        position = state.record("position", POSITION_LAYOUT);
        position.set(OFFSET, 42);
        position.set(RATE, 1.5);
        set("na\u00efve");
        StringLongMap counts = state.stringLongMap("counts", 100, 16, 4096);
        counts.put("the", 7);
        counts.put("and", 5);
        counts.put("of", 3);
        state.table("slots", POSITION_LAYOUT, 2);
        state.commit();
    }

    @AfterEach
    void closeShop() throws IOException {
        shop.close();
    }

    @Test
    void shouldSayThatAStepBackIsBeingMadeAndNotThatTheWriterIsFast() throws Exception {
        OwnedSegment rates = shop.owned("rates", 0);
        rates.state().commit();
        List<Result> during = new ArrayList<>();
        rates.migrate((old, target) -> during.add(harness.run("state", "rates")));
        assertEquals(
                new Result(
                        1,
                        "",
                        "coppice: The contents of rates are being replaced just now: it migrates to another layout.\n  Try"
                                + " again. If its process died in that, its next one finishes it.\n"),
                during.get(0));
        assertEquals(0, harness.run("state", "rates").exitCode());
    }

    @Test
    void shouldShowStructuresFieldsAndTheFirstEntriesOfMaps() {
        Result result = harness.run("state", "ingest", "--limit", "2");

        assertEquals("", result.err());
        assertTrue(result.lines().get(0).startsWith("shop/ingest: commit 4, timeline 1, created "), result.out());
        assertEquals("""
                position: record
                  offset  42
                  rate    1.5
                  word    "naïve"
                counts: map, at most 100 keys of 16 bytes
                  3 keys, in order of keys:
                  "and"  5
                  "of"  3
                  … 1 more keys (--limit N)
                slots: table of 2 rows
                  [0] offset=0 rate=0.0 word=""
                  [1] offset=0 rate=0.0 word=""
                """, result.out().substring(result.out().indexOf('\n') + 1));
    }

    @Test
    void shouldTellWhetherTheArenaIsWhatItsLastCommitLeft() throws Exception {
        assertTrue(harness.run("state", "ingest").lines().get(0).endsWith(" KiB, checksum none"));
        shop.releaseSegments();
        Path file = shop.segmentFile("ingest");
        Path lock = file.resolveSibling("ingest.lock");
        try (OwnedSegment owner = SegmentFile.openOwned(file, lock, 61, 2)) {
            owner.recover(Checksum.ARENA);
            owner.state().record("position", POSITION_LAYOUT).set(OFFSET, 43);
            Result right = harness.run("state", "ingest");
            assertTrue(right.lines().get(0).endsWith(" KiB, checksum right"), right.out());
            assertTrue(right.out().contains("  offset  42\n"), right.out());
        }
        ShopFixture.flipLastByte(file);
        Result wrong = harness.run("state", "ingest");
        assertEquals("", wrong.err());
        assertTrue(wrong.lines().get(0).endsWith(" KiB, checksum wrong"), wrong.out());
        assertEquals(
                "damaged: this is not, or not all, what its last commit left",
                wrong.lines().get(1));
        assertTrue(harness.run("state", "ingest", "--json").out().contains(",\"checksum\":\"wrong\","));
    }

    @Test
    void shouldDumpTheBytesOfAStructureWithinTheLimit() {
        Result result = harness.run("state", "ingest", "--structure", "position", "--hex");
        assertEquals("", result.err());
        assertTrue(
                result.lines().get(1).matches("position: record, \\d+ bytes at byte \\d+ of the segment"),
                result.out());
        assertTrue(result.lines().get(2).startsWith("  000000  "), result.out());
        assertTrue(result.out().contains("|"), result.out());
        Result one = harness.run("state", "ingest", "--structure", "position", "--hex", "--limit", "1");
        assertEquals(4, one.lines().size(), one.out());
        assertTrue(one.lines().get(3).endsWith(" more bytes (--limit N)"), one.out());
        String json = harness.run("state", "ingest", "--structure", "position", "--hex", "--json", "--limit", "1")
                .out();
        assertTrue(
                json.matches("(?s).*\"offset_bytes\":\\d+,\"length_bytes\":\\d+,\"hex\":\"[0-9a-f]{32}\"}]}\n"), json);
    }

    @Test
    void shouldShowRingsAndCursors() {
        state.published("shown", POSITION_LAYOUT);
        Channel orders = state.channel("orders", 512, "rates", "web");
        orders.offer(new byte[10]);
        state.broadcast("ticks", 1024).offer(new byte[8]);
        state.cursor("from-rates", "rates", "prices");
        state.commit();

        String out = harness.run("state", "ingest").out();
        assertTrue(out.endsWith("""
                orders: channel, ring of 512 bytes
                  1 message sent, end at byte 24, timeline 1
                  1 message in 24 bytes not known to be read by rates, web
                ticks: broadcast, ring of 1024 bytes
                  1 message sent, end at byte 16, timeline 1
                from-rates: cursor
                  0 messages read, up to byte 0, timeline 0
                """), out);
        String json = harness.run("state", "ingest", "--json").quietLine().orElseThrow();
        assertTrue(
                json.endsWith(
                        "{\"name\":\"orders\",\"type\":\"channel\",\"capacity_bytes\":512,\"timeline\":1,\"messages\":1,"
                                + "\"end_byte\":24,\"waiting_messages\":1,\"waiting_bytes\":24,\"receivers\":[\"rates\",\"web\"]},"
                                + "{\"name\":\"ticks\",\"type\":\"broadcast\",\"capacity_bytes\":1024,\"timeline\":1,\"messages\":1,\"end_byte\":16},"
                                + "{\"name\":\"from-rates\",\"type\":\"cursor\",\"timeline\":0,\"messages\":0,\"end_byte\":0}]}"),
                json);
        assertTrue(json.contains("{\"name\":\"shown\",\"type\":\"record\",\"published\":true,"), json);
        String hex =
                harness.run("state", "ingest", "--structure", "orders", "--hex").out();
        assertTrue(hex.endsWith("\n  its ring, the last 512 bytes, is not copied\n"), hex);
    }

    @Test
    void shouldShowWhatWasSubmittedToTransactions() throws Exception {
        OwnedSegment rates = shop.owned("rates", 0);
        Requests requests = rates.requests(6, 1000);
        int first = requests.add(RequestId.of(1, 1), "shop.Thumbnail", new byte[10], 1_700_000_000_000L);
        requests.status(first, RequestStatus.QUARANTINED);
        requests.slot(first, 2);
        requests.attempts(first, 4);
        requests.cause(first, "killed by\nsignal 9");
        requests.add(RequestId.of(1, 2), "shop.Thumbnail", new byte[0], 1_700_000_000_000L);
        rates.state().commit();

        String out = harness.run("state", "rates", "--limit", "1").out();
        assertTrue(out.endsWith("""
                coppice.transactions: transactions, at most 6 requests with inputs of 1000 bytes
                  2 requests, the oldest first:
                  1-1  shop.Thumbnail, quarantined, slot 2, 10 bytes of input: killed by\\nsignal 9
                  … 1 more requests (--limit N)
                """), out);
        String json =
                harness.run("state", "rates", "--json", "--limit=1").quietLine().orElseThrow();
        assertTrue(
                json.endsWith("{\"name\":\"coppice.transactions\",\"type\":\"requests\",\"requests\":2,\"capacity\":6,"
                        + "\"max_input_bytes\":1000,\"last_sequence\":2,\"first\":[{\"id\":\"1-1\",\"task\":\"shop.Thumbnail\","
                        + "\"status\":\"quarantined\",\"slot\":2,\"attempts\":4,\"submitted\":\"2023-11-14T22:13:20Z\","
                        + "\"input_bytes\":10,\"cause\":\"killed by\\nsignal 9\"}]}]}"),
                json);
    }

    @Test
    void shouldWriteTheSameAsJson() {
        String json = harness.run("state", "ingest", "--json", "--limit=1")
                .quietLine()
                .orElseThrow();

        assertTrue(json.startsWith("{\"instance\":\"shop\",\"name\":\"ingest\",\"commits\":4,\"timeline\":1,"), json);
        assertTrue(
                json.endsWith(
                        "\"structures\":["
                                + "{\"name\":\"position\",\"type\":\"record\",\"published\":false,\"fields\":{\"offset\":42,\"rate\":1.5,\"word\":\"naïve\"}},"
                                + "{\"name\":\"counts\",\"type\":\"map\",\"keys\":3,\"capacity\":100,\"first\":[{\"key\":\"and\",\"value\":5}]},"
                                + "{\"name\":\"slots\",\"type\":\"table\",\"rows\":2,\"first\":[{\"offset\":0,\"rate\":0.0,\"word\":\"\"}]}]}"),
                json);
    }

    @Test
    void shouldShowTheLastCommitOfADaemonThatDiedInTheMiddleOfTheNext() throws Exception {
        position.set(OFFSET, 43);
        shop.releaseSegments();

        assertTrue(harness.run("state", "ingest").out().contains("  offset  42\n"));
    }

    @Test
    void shouldShowBytesThatAreNoTextAsHexAndBase64() {
        position.set(WORD, new byte[] {(byte) 0xff, 0x00}, 0, 2);
        state.commit();

        assertTrue(harness.run("state", "ingest").out().contains("  word    0xff00\n"));
        assertTrue(harness.run("state", "ingest", "--json").out().contains("\"word\":{\"base64\":\"/wA=\"}"));
    }

    @Test
    void shouldShowOnlyTheStructureAskedFor() {
        String out = harness.run("state", "ingest", "--structure", "position").out();
        assertTrue(out.contains("offset") && !out.contains("counts"), out);
        assertEquals(1, harness.run("state", "ingest", "--structure", "nothing").exitCode());
    }

    @Test
    void shouldSayWhyThereIsNothingToShow() {
        assertEquals(
                "coppice: web is no daemon: it has no segment and so no state to show.\n",
                harness.run("state", "web").err());
        assertEquals(1, harness.run("state", "rates").exitCode());
        assertEquals(3, harness.run("state", "ingset").exitCode());
        assertEquals(2, harness.run("state", "ingest", "--limit", "-1").exitCode());
    }

    @Test
    void shouldSurviveAnyDamageToTheSegment() throws Exception {
        shop.releaseSegments();
        Path file = shop.directory.path().resolve("ingest.seg");
        byte[] good = Files.readAllBytes(file);
        long seed = 20_261_121;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 150; round++) {
            byte[] bad = good.clone();
            for (int i = 0; i < 40; i++) {
                int at = random.nextInt(10) < 5 ? random.nextInt(8192) : random.nextInt(bad.length);
                bad[at] = (byte) random.nextInt(256);
            }
            try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
                out.setLength(random.nextInt(10) == 0 ? random.nextInt(bad.length) : bad.length);
                out.write(bad, 0, (int) out.length());
            }
            for (String option : new String[] {"--color=never", "--json"}) {
                Result result = harness.run("state", "ingest", option);
                String context = "seed " + seed + ", round " + round + ": " + result;
                assertTrue(result.exitCode() <= 1, context);
                assertTrue(!result.err().contains("defect") && !result.err().contains("\tat "), context);
            }
        }
    }

    @Test
    void shouldShowQueuesLogsPoolsAndCounters() {
        addSequences();

        Result result = harness.run(
                "state",
                "ingest",
                "--limit",
                "2",
                "--structure",
                "jobs",
                "--structure",
                "journal",
                "--structure",
                "orders",
                "--structure",
                "none",
                "--structure",
                "tallies");

        assertEquals("", result.err());
        assertEquals("""
                jobs: queue, at most 4 records
                  3 records, the oldest first:
                  [0] offset=2 rate=0.0 word=""
                  [1] offset=3 rate=0.0 word=""
                  … 1 more records (--limit N)
                journal: append log, at most 9 entries and 104 bytes
                  1 entry in 16 bytes, the oldest first:
                  1  "second one"
                orders: pool, at most 3 records
                  1 in use, by handle:
                  5  offset=9 rate=0.0 word=""
                none: pool, disabled
                  0 in use
                tallies: counters, at most 8
                  3 counters:
                  orders  7
                  errors  0
                  … 1 more counters (--limit N)
                """, result.out().substring(result.out().indexOf('\n') + 1));
    }

    @Test
    void shouldGiveToolsQueuesLogsPoolsAndCounters() {
        addSequences();

        String json = harness.run(
                        "state",
                        "ingest",
                        "--limit",
                        "1",
                        "--json",
                        "--structure",
                        "jobs",
                        "--structure",
                        "journal",
                        "--structure",
                        "orders",
                        "--structure",
                        "none",
                        "--structure",
                        "tallies")
                .out();

        String record = "{\"offset\":%d,\"rate\":0.0,\"word\":\"\"}";
        assertTrue(
                json.endsWith("\"structures\":["
                        + "{\"name\":\"jobs\",\"type\":\"queue\",\"records\":3,\"capacity\":4,\"removed\":1,"
                        + "\"first\":[" + record.formatted(2) + "]},"
                        + "{\"name\":\"journal\",\"type\":\"append_log\",\"entries\":1,\"capacity\":9,\"bytes\":16,"
                        + "\"capacity_bytes\":104,\"next_sequence\":2,"
                        + "\"first\":[{\"sequence\":1,\"entry\":\"second one\"}]},"
                        + "{\"name\":\"orders\",\"type\":\"pool\",\"in_use\":1,\"capacity\":3,"
                        + "\"first\":[{\"handle\":5,\"fields\":" + record.formatted(9) + "}]},"
                        + "{\"name\":\"none\",\"type\":\"pool\",\"in_use\":0,\"capacity\":0,\"first\":[]},"
                        + "{\"name\":\"tallies\",\"type\":\"counters\",\"counters\":3,\"capacity\":8,"
                        + "\"first\":[{\"label\":\"orders\",\"value\":7}]}]}\n"),
                json);
    }

    private void addSequences() {
        RecordQueue jobs = state.queue("jobs", POSITION_LAYOUT, 4);
        for (int i = 1; i <= 4; i++) {
            jobs.add().set(OFFSET, i);
        }
        jobs.remove();
        AppendLog journal = state.appendLog("journal", 9, 100);
        byte[] entries = "firstsecond one".getBytes(StandardCharsets.UTF_8);
        journal.append(entries, 0, 5);
        journal.truncateBefore(journal.append(entries, 5, 10));
        RecordPool orders = state.pool("orders", POSITION_LAYOUT, 3);
        long released = orders.acquire();
        orders.get(orders.acquire()).set(OFFSET, 9);
        orders.release(released);
        state.pool("none", POSITION_LAYOUT, 0);
        Counters tallies = state.counters("tallies", 8);
        tallies.counter("orders").add(7);
        tallies.counter("errors");
        tallies.counter("retries");
        state.commit();
    }

    private void set(String word) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        position.set(WORD, bytes, 0, bytes.length);
    }
}
