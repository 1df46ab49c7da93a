package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: what cannot be started is refused with one clear answer, and nothing is started, lost or left behind. */
class StartSystemTest {
    private static final String TICKER = """
            instance: shop
            daemons:
              ticker: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], state: 1MiB, jvm: {heap: 16MiB}}
            """;

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private List<Path> segments() throws Exception {
        if (!Files.exists(coppice.home())) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(coppice.home())) {
            return files.filter(f -> f.toString().endsWith(".seg")).toList();
        }
    }

    @Test
    void shouldTellAllErrorsOfAManifestAtOnceAndStartNothing() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  ticker:
                    main: io.coppice.ops.system.daemons.Tikcer
                    classpath: [$JAR, missing.jar]
                    state: 64x
                    hartbeat: {timeout: 2s}
                    depends_on: [tock]
                  clock:
                    command: date
                    state: 1MiB
                """);
        Coppice.Result result = coppice.run("run");
        assertEquals(2, result.exitCode(), result.err());
        for (String expected : List.of(
                ":4:",
                "Tikcer",
                "Ticker",
                ":5:",
                "missing.jar",
                ":6:",
                "64x",
                ":7:",
                "hartbeat",
                "heartbeat",
                ":8:",
                "tock",
                ":11:")) {
            assertTrue(result.err().contains(expected), expected + " in\n" + result.err());
        }
        assertEquals(List.of(), segments());
        assertEquals(result.err(), coppice.run("check", "coppice.yaml").err());
    }

    @Test
    void shouldRefuseMoreMemoryThanThereIsAndLeaveNoSegment() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  small: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], state: 1MiB}
                  large: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], jvm: {heap: 100000GiB}}
                """);
        Coppice.Result result = coppice.run("run");
        assertEquals(2, result.exitCode(), result.err());
        assertTrue(result.err().contains("large"), result.err());
        assertEquals(List.of(), segments());
    }

    @Test
    void shouldNameTheFirstRootToASecondOne() throws Exception {
        coppice.manifest(TICKER);
        Coppice.Root first = coppice.startRoot();
        Coppice.Daemon ticker = coppice.awaitState("ticker", "ready");
        Coppice.Result second = coppice.run("run");
        assertEquals(1, second.exitCode());
        assertTrue(second.err().contains("pid " + first.process.pid()), second.err());
        assertEquals(ticker.number("pid"), coppice.daemon("ticker").number("pid"));
        assertEquals(0, first.stop(), first.stderr());
    }

    private void assertRefusedUntouched(Path segment, String... expected) throws Exception {
        byte[] before = Files.readAllBytes(segment);
        Coppice.Result result = coppice.run("run");
        assertEquals(1, result.exitCode(), result.err());
        assertTrue(result.err().contains(segment.toString()), result.err());
        for (String word : expected) {
            assertTrue(result.err().contains(word), word + " in\n" + result.err());
        }
        assertArrayEquals(before, Files.readAllBytes(segment));
    }

    private Path stoppedSegment() throws Exception {
        coppice.manifest(TICKER);
        Coppice.Root root = coppice.startRoot();
        coppice.awaitState("ticker", "ready");
        assertEquals(0, root.stop(), root.stderr());
        return segments().stream()
                .filter(f -> f.endsWith("ticker.seg"))
                .findFirst()
                .orElseThrow();
    }

    private static void overwrite(Path file, long offset, byte[] bytes) throws Exception {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), offset);
        }
    }

    @Test
    void shouldRefuseASegmentOfAnotherLayoutVersion() throws Exception {
        Path segment = stoppedSegment();
        // Offset 8, the layout version, is part of what golden-bytes tests fix for all releases.
        overwrite(segment, 8, new byte[] {99, 0, 0, 0});
        assertRefusedUntouched(segment, "version", "99");
    }

    /** Another `state` is carried over; a file that is not as long as its own header says has lost something. */
    @Test
    void shouldRefuseASegmentThatWasTruncated() throws Exception {
        Path segment = stoppedSegment();
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            channel.truncate(512 << 10);
        }
        assertRefusedUntouched(segment, "524288");
    }

    @Test
    void shouldRefuseASegmentWithADamagedHeader() throws Exception {
        Path segment = stoppedSegment();
        overwrite(segment, 40, new byte[] {1, 2, 3});
        assertRefusedUntouched(segment);
    }

    /** What daemons hold is in their own segments: an operator need not give it up for the record of what ran. */
    @Test
    void shouldGoOnFromWhatDaemonsHoldOnceADamagedSegmentOfTheRootIsMovedAway() throws Exception {
        Path root = stoppedSegment().resolveSibling("root.seg");
        String held = created();
        overwrite(root, 40, new byte[] {1, 2, 3});
        assertRefusedUntouched(root, "No child of this instance was found alive", "coppice recover");
        String told = coppice.run("recover").out();
        assertTrue(told.contains("Nothing of the instance is alive."), told);
        assertTrue(Files.exists(root), "it only tells");
        assertEquals(0, coppice.run("recover", "--force").exitCode());
        assertFalse(Files.exists(root));
        Coppice.Root successor = coppice.startRoot();
        coppice.awaitState("ticker", "ready");
        assertEquals(held, created());
        assertEquals(0, successor.stop(), successor.stderr());
    }

    private String created() throws Exception {
        String state = coppice.run("state", "ticker", "--json").out();
        return state.substring(state.indexOf("\"created\""), state.indexOf("\"length_bytes\""));
    }

    @Test
    void shouldRefuseAForeignFileInASegmentsPlace() throws Exception {
        Path segment = stoppedSegment();
        Files.writeString(segment, "my diary");
        assertRefusedUntouched(segment);
        Coppice.Result fresh = coppice.run("run", "--fresh");
        assertEquals(1, fresh.exitCode(), fresh.err());
        assertEquals("my diary", Files.readString(segment));
    }

    /** The launcher has the manifest read by a JVM that waits here. */
    @Test
    void shouldSayThatNothingWasStartedWhenAskedToEndBeforeTheRootBegins() throws Exception {
        coppice.manifest(TICKER);
        Path jdk = Files.createDirectories(coppice.directory.resolve("jdk/bin"));
        Files.writeString(jdk.resolveSibling("release"), "JAVA_VERSION=\"17.0.1\"\n");
        Path java = Files.writeString(
                jdk.resolve("java"),
                "#!/bin/sh\ntouch " + coppice.directory + "/began\nwhile [ ! -e " + coppice.directory
                        + "/go ]; do sleep 0.05; done\necho 'coppice-plan 0'\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        Path err = coppice.directory.resolve("err");
        Process launcher = coppice.startIn(
                List.of("env", "COPPICE_JAVA_HOME=" + jdk.getParent(), "sh", "-c", "exec \"$@\" 2>" + err, "sh"),
                "run");
        Coppice.await("the manifest is read", () -> Files.exists(coppice.directory.resolve("began")));
        launcher.destroy(); // TERM
        Files.createFile(coppice.directory.resolve("go"));
        assertTrue(launcher.waitFor(5, TimeUnit.MINUTES));
        assertEquals(143, launcher.exitValue());
        assertEquals(
                "coppice: asked to end by SIGTERM before the root began: nothing was started or stopped. `coppice status` tells whether an earlier root has left something.\n",
                Files.readString(err));
    }
}
