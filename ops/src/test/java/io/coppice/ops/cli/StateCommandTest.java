package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import io.coppice.state.BytesField;
import io.coppice.state.DoubleField;
import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.State;
import io.coppice.state.StringLongMap;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    void shouldWriteTheSameAsJson() {
        String json = harness.run("state", "ingest", "--json", "--limit=1")
                .quietLine()
                .orElseThrow();

        assertTrue(json.startsWith("{\"instance\":\"shop\",\"name\":\"ingest\",\"commits\":4,\"timeline\":1,"), json);
        assertTrue(
                json.endsWith(
                        "\"structures\":["
                                + "{\"name\":\"position\",\"type\":\"record\",\"fields\":{\"offset\":42,\"rate\":1.5,\"word\":\"naïve\"}},"
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
                "coppice: web is a plain command: it has no segment and so no state to show.\n",
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

    private void set(String word) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        position.set(WORD, bytes, 0, bytes.length);
    }
}
