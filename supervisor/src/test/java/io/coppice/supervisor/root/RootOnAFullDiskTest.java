package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.RootSnapshot;
import io.coppice.supervisor.plan.Backoff;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real root whose directory is a small tmpfs of its own, in a mount namespace. */
@Timeout(value = 3 * RootProcess.WATCHDOG_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RootOnAFullDiskTest {
    private static final String FOREVER = "while :; do sleep 1000; done";
    private static final int DEATHS = 100;
    private static final List<String> NAMESPACE = List.of("unshare", "--user", "--map-root-user", "--mount");

    @TempDir
    Path base;

    @BeforeEach
    void needNamespaces() throws Exception {
        Process process = new ProcessBuilder("unshare", "--user", "--map-root-user", "--mount", "true")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        boolean may = process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        assumeTrue(may, "a root in a file system of its own needs the right to make namespaces");
    }

    private List<String> tmpfs(int mib) throws IOException {
        Path mounted = Files.createDirectories(base.resolve("test"));
        List<String> under = new ArrayList<>(NAMESPACE);
        under.addAll(List.of(
                "bash", "-c", "mount -t tmpfs -o size=" + mib + "m small " + mounted + " && exec \"$@\"", "bash"));
        return under;
    }

    private static boolean isReady(RootSnapshot.ChildInfo child) {
        return child.state() == ChildStateCode.READY;
    }

    /** Writes until nothing more fits. */
    private static Path fill(Path directory) throws IOException {
        Path filler = directory.resolve("filler");
        byte[] page = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(page);
            }
        } catch (IOException e) {
            assertTrue(String.valueOf(e.getMessage()).contains("No space left"), e.toString());
            return filler;
        }
    }

    @Test
    void shouldGoOnRecordingAndRestartingWhileNothingMoreFits() throws Exception {
        try (RootProcess root = RootProcess.startInOwnMounts(
                base,
                tmpfs(24),
                RootProcess.command("dies", base, "echo a line of output; exit 1", -1, new Backoff(1, 1, 1, 60_000, 0)),
                RootProcess.command("web", base, FOREVER))) {
            RootSnapshot.ChildInfo web = root.await("web", RootOnAFullDiskTest::isReady);
            Path filler = fill(root.directory);
            long dead = root.await("dies", child -> true).incarnation();

            root.await("dies", child -> child.incarnation() > dead + DEATHS);

            assertEquals("ok\n", root.request("coppice/1 ping"));
            assertEquals(web, root.await("web", RootOnAFullDiskTest::isReady));
            Files.delete(filler);
            assertEquals(0, root.stop(), root.stderr());
        }
    }

    @Test
    void shouldRefuseToStartWhereItsOwnSegmentDoesNotFit() throws Exception {
        try (RootProcess root =
                RootProcess.startInOwnMounts(base, tmpfs(4), RootProcess.command("web", base, FOREVER))) {
            assertEquals(2, root.awaitExit());
            assertTrue(root.stderr().contains("No space left on device (ENOSPC)"), root.stderr());
            assertTrue(root.stderr().contains("(tmpfs), which has"), root.stderr());
        }
    }
}
