package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeftoversTest {
    private final ProcessTable processes = new ProcessTable();
    private Process process;
    private long startTicks;

    @BeforeEach
    void start() throws IOException, OsException {
        process = new ProcessBuilder("sleep", "1000").start();
        startTicks = processes.startTicks((int) process.pid());
    }

    @AfterEach
    void end() {
        process.destroyForcibly();
    }

    private Leftovers.OnRecord onRecord(long ticks) {
        return onRecord(ticks, 0);
    }

    private Leftovers.OnRecord onRecord(long ticks, long inode) {
        return new Leftovers.OnRecord("web", (int) process.pid(), ticks, inode);
    }

    @Test
    void shouldTakeHoldOfTheProcessOnRecordAndOfNoOther() throws Exception {
        try (PidFd pinned = Leftovers.pin(onRecord(startTicks), processes)) {
            assertNotNull(pinned);
            assertEquals(process.pid(), pinned.pid());
        }
        assertNull(Leftovers.pin(onRecord(startTicks - 1), processes));
        assertTrue(process.isAlive());
    }

    /** The same pid and start time: only the kernel's own name for the process is another. */
    @Test
    void shouldLeaveAProcessWithAnotherInodeAlone() throws Exception {
        try (PidFd itself = PidFd.open((int) process.pid())) {
            assumeTrue(itself.inode() != 0, "this kernel has no inode per process (Linux 6.9 has)");
            try (PidFd pinned = Leftovers.pin(onRecord(startTicks, itself.inode()), processes)) {
                assertNotNull(pinned);
            }
            assertNull(Leftovers.pin(onRecord(startTicks, itself.inode() + 1), processes));
        }
        assertTrue(process.isAlive());
    }

    /** It may end between the look that found it and the pidfd: a held one does, on its own, once its root is dead. */
    @Test
    void shouldBeContentWithAProcessThatHasEndedMeanwhile() throws Exception {
        Leftovers.OnRecord child = onRecord(startTicks);
        process.destroyForcibly();
        process.onExit().join();
        assertNull(Leftovers.pin(child, processes));
    }

    /** Threads have numbers of the same kind, and a pidfd can be had of their processes only. */
    @Test
    void shouldNotBeIrritatedByAThreadThatHasTheNumberNow() throws Exception {
        int own = (int) ProcessHandle.current().pid();
        int thread;
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            thread = threads.mapToInt(
                            each -> Integer.parseInt(each.getFileName().toString()))
                    .filter(each -> each != own)
                    .findAny()
                    .orElseThrow();
        }

        assertNull(Leftovers.pin(new Leftovers.OnRecord("web", thread, 1, 0), processes));
    }

    /** What it held is nobody's. */
    @Test
    void shouldNotTakeAZombieForAlive() throws Exception {
        // Its parent is stopped by the time that it ends, and so never takes the status.
        String untilStopped = "until grep -q '^State:.T' /proc/\\$PPID/status; do sleep 0.01; done";
        Process parent =
                new ProcessBuilder("sh", "-c", "sh -c \"" + untilStopped + "\" & echo $!; kill -STOP $$").start();
        try (BufferedReader out = parent.inputReader()) {
            int zombie = Integer.parseInt(out.readLine());
            long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(RootProcess.WATCHDOG_SECONDS);
            while (!processes.isZombie(zombie)) {
                assertTrue(System.nanoTime() < endNs, "never a zombie");
                TimeUnit.MILLISECONDS.sleep(2);
            }
            Leftovers.OnRecord recorded = new Leftovers.OnRecord("web", zombie, processes.startTicks(zombie), 0);
            assertFalse(recorded.isAlive(processes));
        } finally {
            parent.destroyForcibly();
        }
    }
}
