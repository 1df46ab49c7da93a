package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: no daemon goes on from contents that were damaged while it was down, where its manifest declares a checksum, and an
 * operator sees what happened and what to do. Method: a real root and worker JVMs; one byte of a stopped daemon's arena is
 * changed.
 */
class DamageSystemTest {
    private static final String MANIFEST = """
            instance: shop
            daemons:
              keeper:
                main: io.coppice.ops.system.daemons.Keeper
                classpath: [$JAR]
                jvm: {heap: 16MiB}
                checkpoints: 1
                checksum: arena
                poison: {crashes: 2%s}
                backoff: none
            """;

    @RegisterExtension
    final Coppice coppice = new Coppice();

    @Test
    void shouldFailADaemonWhoseContentsAreDamagedUntilACheckpointIsBroughtBack() throws Exception {
        Coppice.Root root = startAndDamage("");
        Coppice.Result start = coppice.run("start", "keeper");
        assertEquals(1, start.exitCode(), start.out());
        coppice.awaitState("keeper", "failed");
        String log = coppice.log("keeper");
        assertTrue(log.contains("are damaged, and refused (exit code 74): The arena was damaged since commit "), log);
        assertTrue(log.contains("coppice restore"), log);
        Coppice.Result events = coppice.run("events");
        assertTrue(events.out().contains("exit code 74 (its contents are damaged, see its log)"), events.out());

        Coppice.Result restored = coppice.run("restore", "keeper", "--checkpoint", "1", "--yes");
        assertEquals(0, restored.exitCode(), restored.err());
        assertTrue(restored.err().contains("The present contents of keeper are damaged"), restored.err());
        assertEquals(0, coppice.run("start", "keeper").exitCode());
        coppice.awaitLog("keeper", text -> text.contains("incarnation 4 at 3\n"));
        assertEquals(0, root.stop(), root.stderr());
        assertTrue(coppice.run("state", "keeper").out().contains(", checksum right\n"));
    }

    @Test
    void shouldFallBackFromDamagedContentsAsDeclared() throws Exception {
        Coppice.Root root = startAndDamage(", then: [checkpoint]");
        coppice.run("start", "keeper");
        coppice.await("keeper", d -> d.state().equals("ready") && d.number("incarnation") == 4);
        String log = coppice.log("keeper");
        assertTrue(log.contains("incarnation 4 at 3\n"), log);
        assertTrue(log.contains("fell back to the checkpoint of commit "), log);
        assertTrue(log.contains(": the contents were damaged; what was there is set aside as T1-C"), log);
        assertEquals(0, root.stop(), root.stderr());
        Coppice.Result aside = coppice.run("state", "keeper", "--abandoned");
        assertTrue(aside.out().startsWith("T1-C"), aside.out());
    }

    /** A root whose daemon has counted to 6, is stopped, and has a damaged segment. */
    private Coppice.Root startAndDamage(String fallback) throws Exception {
        coppice.manifest(MANIFEST.formatted(fallback));
        Coppice.Root root = coppice.startRoot();
        Coppice.await("it counted to 6", () -> {
            try {
                return coppice.run("state", "keeper").out().contains("  value  6\n");
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertEquals(0, coppice.run("stop", "keeper").exitCode());
        assertTrue(coppice.run("state", "keeper").out().contains(", checksum right\n"));
        damage();
        Coppice.Result wrong = coppice.run("state", "keeper");
        assertTrue(wrong.out().contains(", checksum wrong\ndamaged: this is not"), wrong.out());
        return root;
    }

    /** The last byte of the arena, which no structure uses. */
    private void damage() throws IOException {
        try (Stream<Path> files = Files.walk(coppice.home())) {
            Path segment = files.filter(file -> file.endsWith("keeper.seg"))
                    .findFirst()
                    .orElseThrow();
            try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {1}), (1 << 20) - 1);
            }
        }
    }
}
