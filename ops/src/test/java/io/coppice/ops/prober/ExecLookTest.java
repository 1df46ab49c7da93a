package io.coppice.ops.prober;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.view.ProcFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real programs. */
class ExecLookTest {
    private static final long LONG_NS = 120_000_000_000L;

    @TempDir
    private Path directory;

    private LookResult look(String script, long timeoutNs) throws InterruptedException {
        return new ExecLook(
                        List.of("/bin/sh", "-c", script),
                        Map.of("PATH", "/usr/bin:/bin", "MINE", "yes"),
                        Map.of("MARK", "there"),
                        directory.toString(),
                        timeoutNs,
                        new ProcFileSystem(Path.of("/proc")),
                        null)
                .look();
    }

    @Test
    void shouldGoByTheExitCodeAndKeepTheFirstLine() throws InterruptedException {
        assertEquals(LookResult.well(""), look("echo fine", LONG_NS));
        assertEquals(
                LookResult.unwell("exit code 3: no such table"),
                look("echo no such table >&2; echo x; exit 3", LONG_NS));
        assertEquals(LookResult.unwell("exit code 1"), look("exit 1", LONG_NS));
    }

    @Test
    void shouldRunInItsDaemonsPlaceWithItsVariablesAndNoOthers() throws Exception {
        assertEquals(
                LookResult.unwell("exit code 1: " + directory.toRealPath() + " yes there "),
                trimmed(look("echo \"$(pwd) $MINE $MARK $HOME\" && exit 1", LONG_NS)));
    }

    private static LookResult trimmed(LookResult result) {
        return LookResult.unwell(result.text() + " ");
    }

    @Test
    @Timeout(60)
    void shouldNotHangOnAProgramThatSaysALot() throws InterruptedException {
        assertTrue(look("head -c 3000000 /dev/zero", LONG_NS).success());
    }

    @Test
    void shouldSayThatThereIsNoProgram() throws InterruptedException {
        LookResult result = new ExecLook(
                        List.of("/no/such"),
                        Map.of(),
                        Map.of(),
                        "/",
                        LONG_NS,
                        new ProcFileSystem(Path.of("/proc")),
                        null)
                .look();
        assertFalse(result.success());
        assertTrue(result.text().contains("/no/such"), result.text());
    }

    /** What hangs is killed, and all that has come of it, also what has left its process group and its parent. */
    @Test
    @Timeout(120)
    void shouldKillWhatHangsWithAllThatHasComeOfIt() throws Exception {
        Path pids = directory.resolve("pids");
        String script =
                "sleep 1000 & echo $! >>pids; setsid sh -c 'echo $$ >>pids; sleep 1000 & echo $! >>pids; wait' &"
                        + " (sh -c 'echo $$ >>pids; exec sleep 1000' &); touch ready; wait; sleep 1000";
        LookResult result = look(script, 3_000_000_000L);
        assertEquals(LookResult.unwell("not done within 3000 ms"), result);
        List<String> lines = Files.readAllLines(pids);
        assertEquals(4, lines.size(), "the machine was too slow for what is tested");
        for (String pid : lines) {
            assertTrue(isGone(Long.parseLong(pid)), pid);
        }
    }

    private static boolean isGone(long pid) throws IOException {
        return new ProcFileSystem(Path.of("/proc"))
                .stat(pid)
                .filter(stat -> stat.alive())
                .isEmpty();
    }
}
