package io.coppice.ops.prober;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.ops.view.ProcFileSystem;
import io.coppice.supervisor.os.Restricting;
import io.coppice.supervisor.os.Restriction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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

    private ExecLook restricted(String script, Restricting restricting) {
        return new ExecLook(
                List.of("/bin/sh", "-c", script),
                Map.of("PATH", "/usr/bin:/bin"),
                Map.of(),
                directory.toString(),
                LONG_NS,
                new ProcFileSystem(Path.of("/proc")),
                restricting);
    }

    private static Restriction filtered() {
        return new Restriction(null, true);
    }

    /** Nobody is to be ended for what the prober cannot do. */
    @Test
    void shouldFindNothingWhereNoSandboxCanBeMade() throws InterruptedException {
        ExecLook look = restricted("exit 0", () -> {
            throw new IOException("no room");
        });
        assertEquals(LookResult.nothing("a sandbox for its program cannot be made: no room"), look.look());
    }

    @Test
    void shouldHaveAllOfItsTimeOnceItsSandboxIsMade() throws Exception {
        assumeTrue(
                filtered().gaps().isEmpty(),
                "this kernel leaves open: " + filtered().gaps());
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch made = new CountDownLatch(1);
        ExecLook look = restricted("exit 0", () -> {
            asked.countDown();
            try {
                made.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return filtered();
        });
        CompletableFuture<LookResult> result = CompletableFuture.supplyAsync(() -> {
            try {
                return look.look();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        asked.await();
        long beganNs = System.nanoTime();
        assertTrue(look.sinceNs(0) >= beganNs, "it has not begun");
        made.countDown();
        assertEquals(LookResult.well(""), result.get());
        long endNs = System.nanoTime();
        long sinceNs = look.sinceNs(0);
        assertTrue(beganNs <= sinceNs && sinceNs <= endNs, sinceNs + " between " + beganNs + " and " + endNs);
        assertEquals(endNs, look.sinceNs(endNs));
    }

    @Test
    @Timeout(60)
    void shouldEndWhatAProgramInASandboxLeavesBehind() throws Exception {
        assumeTrue(
                filtered().gaps().isEmpty(),
                "this kernel leaves open: " + filtered().gaps());
        assertEquals(
                LookResult.well(""),
                restricted("setsid sleep 1000 >/dev/null 2>&1 & echo $! >pid", ExecLookTest::filtered)
                        .look());
        long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
        assertTrue(isGone(pid));
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
