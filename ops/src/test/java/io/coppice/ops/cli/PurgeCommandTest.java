package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PurgeCommandTest {
    @TempDir
    Path directory;

    private CommandHarness harness;
    private ShopFixture shop;

    @BeforeEach
    void makeShop() throws Exception {
        harness = new CommandHarness(directory);
        shop = new ShopFixture(harness);
        shop.segment("ingest", 3);
        shop.segment("rates", 3);
        Files.writeString(shop.directory.log("ingest"), "x\n");
    }

    @AfterEach
    void closeShop() throws IOException {
        shop.close();
    }

    @Test
    void shouldRemoveTheLogsThatAnEarlierPurgeLeft() throws IOException {
        endAll();
        shop.releaseSegments();
        assertEquals(0, harness.run("purge", "--yes", "--instance", "shop").exitCode());
        assertTrue(Files.exists(shop.directory.log("ingest")));

        Result second = harness.run("purge", "--yes", "--logs", "--instance", "shop");

        assertEquals(0, second.exitCode(), second.err());
        assertFalse(Files.exists(shop.directory.log("ingest")));
        assertEquals(
                3, harness.run("purge", "--yes", "--logs", "--instance", "shop").exitCode());
    }

    @Test
    void shouldLeaveNothingWhereThereIsNothingElse() throws IOException {
        endAll();
        shop.releaseSegments();
        for (String log : List.of("_archiver", "_reload", "_notify", "web@1", "web.2@1")) {
            Files.writeString(shop.directory.log(log), "x\n");
        }
        Result result = harness.run("purge", "--yes", "--logs", "--instance", "shop");
        assertEquals(0, result.exitCode(), result.err());
        assertFalse(Files.exists(shop.directory.path()), () -> "left: " + shop.directory.path());
    }

    @Test
    void shouldRefuseWhileTheRootLives() throws IOException {
        shop.releaseSegments();

        assertRefused("its root runs as pid 50");
    }

    @Test
    void shouldRefuseWhileAChildLives() throws IOException {
        shop.releaseSegments();
        shop.killRoot();
        harness.proc.end(60);
        harness.proc.end(61);

        assertRefused("web lives as pid 62");
    }

    @Test
    void shouldRefuseWhileSomebodyHoldsTheLockOfASegment() throws IOException {
        endAll();

        assertRefused("it holds the lock " + shop.directory.path());
    }

    @Test
    void shouldRefuseWithoutYesWhereNobodyCanBeAsked() throws IOException {
        endAll();
        shop.releaseSegments();
        List<String> before = files(shop.directory.path());

        Result result = harness.run("purge", "--instance", "shop");

        assertEquals(2, result.exitCode());
        assertEquals(
                "coppice: purge would remove 2 segments (2048 KiB) and the root's records of shop: say --yes.\n",
                result.err());
        assertEquals(before, files(shop.directory.path()));
    }

    @Test
    void shouldAskOnATerminal() throws IOException {
        endAll();
        shop.releaseSegments();
        harness.outKind = Caller.OutputKind.TERMINAL;
        harness.input = "n\n";
        assertEquals(1, harness.run("purge", "--instance", "shop").exitCode());
        assertTrue(Files.exists(shop.directory.rootSegment()));

        harness.input = "y\n";
        assertEquals(0, harness.run("purge", "--instance", "shop").exitCode());
        assertFalse(Files.exists(shop.directory.rootSegment()));
    }

    @Test
    void shouldRemoveWhatIsOursAndNothingElse() throws IOException {
        endAll();
        shop.releaseSegments();
        Path mine = Files.writeString(shop.directory.path().resolve("notes.txt"), "keep\n");
        Path target = Files.writeString(directory.resolve("target"), "keep\n");
        Files.createFile(shop.directory.path().resolve("journal-unit"));
        Files.createSymbolicLink(shop.directory.path().resolve("evil.seg"), target);
        Files.createDirectory(shop.directory.path().resolve("folder.seg"));
        for (String ours :
                List.of("web.1.seg", "web.1.lock", "web.12.abandoned-T1-C40.seg", "web@2.lock", "web.1@32.lock")) {
            Files.createFile(shop.directory.path().resolve(ours));
        }
        Files.createFile(shop.directory.path().resolve("web.01.seg"));

        Result result = harness.run("purge", "--yes", "--instance", "shop");

        assertEquals("", result.err());
        assertEquals("shop: removed 4 segments (2048 KiB) and the root's records\n", result.out());
        assertEquals(List.of("folder.seg", "logs", "notes.txt", "web.01.seg"), files(shop.directory.path()));
        assertEquals("keep\n", Files.readString(mine));
        assertEquals("keep\n", Files.readString(target));
        assertTrue(Files.exists(shop.directory.log("ingest")));
        assertEquals(3, harness.run("status", "--instance", "shop").exitCode());
    }

    /** A daemon makes in there what it likes: links, and trees of any depth. */
    @Test
    void shouldRemoveOwnDirectoriesWithAllThatIsInThemAndNothingElse() throws Exception {
        endAll();
        shop.releaseSegments();
        Path target = Files.createDirectory(directory.resolve("target"));
        Files.writeString(target.resolve("file"), "keep\n");
        Path own = Files.createDirectories(shop.directory.path().resolve("ingest.own"));
        Files.createFile(own.resolve("T1-C40.seg"));
        Files.createFile(own.resolve("hs_err_77.log"));
        Files.createSymbolicLink(own.resolve("link"), target);
        Path deep = own;
        for (int level = 0; level < 300; level++) {
            deep = Files.createDirectory(deep.resolve("d"));
            Files.createFile(deep.resolve("file"));
            Files.createSymbolicLink(deep.resolve("link"), target);
        }
        Files.createDirectories(shop.directory.path().resolve("ingest@2.own"));
        Files.createDirectories(shop.directory.path().resolve("ingest@transactions.own"));
        Files.createDirectories(shop.directory.path().resolve("Not Ours.own"));
        Files.createSymbolicLink(shop.directory.path().resolve("web.own"), target);

        Result kept = harness.run("purge", "--yes", "--instance", "shop");

        assertEquals("", kept.err());
        assertEquals(List.of("hs_err_77.log"), files(own));
        assertEquals(List.of("Not Ours.own", "ingest.own", "logs", "web.own"), files(shop.directory.path()));
        Result all = harness.run("purge", "--yes", "--logs", "--instance", "shop");
        assertEquals(0, all.exitCode(), all.err());
        assertEquals(List.of("Not Ours.own", "web.own"), files(shop.directory.path()));
        assertEquals(List.of("file"), files(target));
    }

    @Test
    void shouldRemoveSegmentsElsewhereAndLogsWhenAsked() throws Exception {
        endAll();
        shop.releaseSegments();
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere/shop"));
        Files.move(shop.directory.path().resolve("ingest.seg"), elsewhere.resolve("ingest.seg"));
        shop.writePlan(elsewhere);

        assertEquals(
                0, harness.run("purge", "-y", "--logs", "--instance", "shop").exitCode());
        assertFalse(Files.exists(elsewhere));
        assertFalse(Files.exists(shop.directory.path()));
    }

    @Test
    void shouldPurgeAnInstanceWhoseRootSegmentIsDamaged() throws IOException {
        endAll();
        shop.releaseSegments();
        shop.root().close();
        Files.write(shop.directory.rootSegment(), new byte[5]);

        Result result = harness.run("purge", "--yes", "--instance", "shop");

        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.err().contains("only the locks tell what lives"), result.err());
    }

    private void assertRefused(String why) throws IOException {
        List<String> before = files(shop.directory.path());
        Result result = harness.run("purge", "--yes", "--instance", "shop");
        assertEquals(1, result.exitCode());
        assertTrue(result.err().contains(why), result.err());
        assertEquals(before, files(shop.directory.path()));
    }

    private void endAll() {
        shop.killRoot();
        for (long pid = 60; pid <= 64; pid++) {
            harness.proc.end(pid);
        }
    }

    private static List<String> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }
}
