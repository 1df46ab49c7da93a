package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a worker that is silent for longer than its heartbeat timeout, and not by its own fault, is not killed; the operator is told; one
 * that hangs is killed. Method: real workers, stopped, starved, in a long safepoint, and hung. For a root that was away, see {@link
 * RootStoppedSystemTest}; for one that stays stopped, {@link StoppedWorkerSystemTest}.
 */
class FewFalseHangKillsSystemTest {
    /** The scheduler's weights: of all that is to run beside a thread that has 15; of nice 0; and from one nice value to the next. */
    private static final int HOG_WEIGHT = 2048;

    private static final int NICE_0_WEIGHT = 1024;
    private static final double WEIGHT_PER_NICE = 1.25;
    private static final int MOST_HOGS = 40;

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private Coppice.Root startStalling(String how, String timeout) throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  worker:
                    main: io.coppice.ops.system.daemons.Stalls
                    classpath: [$JAR]
                    args: [%s]
                    jvm: {heap: 16MiB, options: ["-XX:-UseCountedLoopSafepoints", "-Xbatch"]}
                    heartbeat: {timeout: %s}
                """.formatted(how, timeout));
        return coppice.startRoot();
    }

    private static int exec(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** Of the calling thread, which what it starts inherits. */
    private static int ownNice() throws IOException {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
    }

    private static List<String> threadsOf(long pid) throws IOException {
        List<String> threads = new ArrayList<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            tasks.forEach(task -> threads.add(task.getFileName().toString()));
        }
        return threads;
    }

    private String awaitEvent(String text) throws Exception {
        long endNs = System.nanoTime() + 120_000_000_000L;
        String events = coppice.ask("events").out();
        while (!events.contains(text)) {
            assertTrue(System.nanoTime() < endNs, "no event says '" + text + "':\n" + events);
            events = coppice.ask("events").out();
        }
        return events;
    }

    /** That the worker has made so many more commits, as the first incarnation. */
    private void assertGoesOn(long commits) throws Exception {
        long before = coppice.daemon("worker").number("commits");
        Coppice.Daemon after = coppice.await(
                "worker", daemon -> daemon.number("commits") >= before + commits || daemon.number("incarnation") > 1);
        assertEquals(1, after.number("incarnation"), coppice.ask("events").out());
    }

    @Test
    void shouldNotKillAWorkerThatWasStoppedForLongerThanItsTimeout() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  worker: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], jvm: {heap: 16MiB}, heartbeat: {timeout: 3s}}
                """);
        Coppice.Root root = coppice.startRoot();
        Coppice.Daemon worker =
                coppice.await("worker", daemon -> daemon.state().equals("ready") && daemon.number("commits") > 20);
        assertEquals(0, exec("kill", "-STOP", Long.toString(worker.number("pid"))));

        String events = awaitEvent("hang-excused");
        assertTrue(events.contains(" s stopped; taken for hung after 33.0 s at the latest"), events);
        assertEquals(0, exec("kill", "-CONT", Long.toString(worker.number("pid"))));

        assertGoesOn(100);
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldNotKillAWorkerThatGetsNoCpu() throws Exception {
        int hogCount = (int) Math.ceil(HOG_WEIGHT * Math.pow(WEIGHT_PER_NICE, ownNice()) / NICE_0_WEIGHT);
        assumeTrue(exec("taskset", "-c", "0", "true") == 0, "skipped: no taskset here, or it may not pin to CPU 0");
        assumeTrue(exec("sh", "-c", "renice -n 19 -p $$") == 0, "skipped: no renice here");
        assumeTrue(hogCount <= MOST_HOGS, "skipped: run with too high a nice value to starve anybody");
        // Silent for four seconds if these are alone; excused up to 18 s, for others may be at work on this CPU, too.
        Coppice.Root root = startStalling("labours", "3s");
        long pid = coppice.await("worker", daemon -> daemon.state().equals("ready") && daemon.number("commits") > 5)
                .number("pid");
        List<Process> hogs = new ArrayList<>();
        try {
            for (int i = 0; i < hogCount; i++) {
                hogs.add(new ProcessBuilder(
                                "setsid", "taskset", "-c", "0", "sh", "-c", "ulimit -t 300; while :; do :; done")
                        .start());
            }
            // Nice is a thread's: with 15 parts of the CPU beside 2048, 30 ms of it take four seconds.
            for (String thread : threadsOf(pid)) {
                exec("renice", "-n", "19", "-p", thread); // a thread of the compiler's may be gone
            }
            // Where the kernel shares out among sessions it is the session's; the hogs are one each.
            Path session = Path.of("/proc/" + pid + "/autogroup");
            if (Files.exists(session)) {
                Files.writeString(session, "19");
            }
            assertEquals(0, exec("taskset", "-a", "-c", "-p", "0", Long.toString(pid)));
            String events = awaitEvent("hang-excused");
            assertTrue(events.contains(" s starved (got "), events);
            assertGoesOn(1);
        } finally {
            hogs.forEach(Process::destroyForcibly);
        }
        assertGoesOn(5);
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldNotKillAWorkerWhoseJvmIsInALongSafepoint() throws Exception {
        Coppice.Root root = startStalling("stands-still", "2s");

        coppice.awaitLog("worker", log -> log.contains("went on") || log.contains("Full thread dump"));

        assertGoesOn(20);
        String events = coppice.ask("events").out();
        assertTrue(events.contains("hang-excused") && events.contains(" s JVM at a standstill; "), events);
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldKillAWorkerWhoseLoopAloneHangsAndDumpItsThreadsFirst() throws Exception {
        Coppice.Root root = startStalling("hangs", "2s");

        Coppice.Daemon after =
                coppice.await("worker", daemon -> daemon.state().equals("ready") && daemon.number("incarnation") == 2);

        assertEquals("hang", after.lastExit().get("kind"));
        String log = coppice.log("worker");
        assertTrue(log.contains("Full thread dump") && log.contains("Stalls.hang("), log);
        assertFalse(coppice.ask("events").out().contains("standstill"), "its JVM answered");
        assertEquals(0, root.stop(), root.stderr());
    }
}
