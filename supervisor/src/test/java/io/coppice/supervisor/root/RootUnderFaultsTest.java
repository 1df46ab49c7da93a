package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootSnapshot;
import io.coppice.supervisor.plan.Backoff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real root to whose launches and children something happens; it fails what cannot be done, and tries again. */
@Timeout(value = 3 * RootProcess.WATCHDOG_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RootUnderFaultsTest {
    /** Ends with its group only, of which it is the leader. */
    private static final String WITH_A_HELPER = "sleep 1000 & echo $! >helper.new && mv helper.new helper; wait";

    private static final String FOREVER = "while :; do sleep 1000; done";
    private static final Backoff QUICK = new Backoff(20, 1, 200, 60_000, 0);

    @TempDir
    Path base;

    private RootProcess root;
    private RootSnapshot.ChildInfo web;
    private RootSnapshot.ChildInfo db;

    @BeforeEach
    void start() throws Exception {
        root = RootProcess.start(
                base,
                RootProcess.killedAfter(100, RootProcess.command("web", base, WITH_A_HELPER, -1, QUICK)),
                RootProcess.command("db", base, FOREVER));
        web = root.await("web", RootUnderFaultsTest::isReady);
        db = root.await("db", RootUnderFaultsTest::isReady);
    }

    @AfterEach
    void stop() throws IOException {
        root.close();
    }

    private static boolean isReady(RootSnapshot.ChildInfo child) {
        return child.state() == ChildStateCode.READY;
    }

    private void kill(RootSnapshot.ChildInfo child) {
        ProcessHandle.of(child.pid()).orElseThrow().destroyForcibly();
    }

    private void assertHealed() throws Exception {
        root.await("web", child -> isReady(child) && child.incarnation() > web.incarnation());
        assertEquals(db, root.await("db", RootUnderFaultsTest::isReady));
        assertEquals("ok\n", root.request("coppice/1 ping"));
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldNameTheLogThatCannotBeWrittenAndStartOnceItCan() throws Exception {
        Path log = root.directory.resolve("logs/web.log");
        Files.delete(log);
        Files.createDirectory(log);

        kill(web);
        String text = root.awaitEvent(EventType.SPAWN_FAILED, "EISDIR").text();
        assertTrue(text.contains("web.log"), text);

        Files.delete(log);
        assertHealed();
    }

    @Test
    void shouldNameALogDirectoryThatIsGone() throws Exception {
        Path logs = root.directory.resolve("logs");
        // A file in its place, so that the root cannot make it anew; as it would, between the two, were it not stopped.
        root.pause();
        Files.move(logs, base.resolve("logs-elsewhere"));
        Files.createFile(logs);
        root.resume();

        kill(web);
        root.awaitEvent(EventType.SPAWN_FAILED, "logs");

        Files.delete(logs);
        assertHealed();
    }

    @Test
    void shouldFailASpawnForWhichTheKernelHasNoProcessAndTryAgain() throws Exception {
        Cgroup cgroup = Cgroup.make("pids", root.process.pid());
        try {
            cgroup.write("pids.max", "1"); // it has more than that already
            kill(web);
            String text = root.awaitEvent(EventType.SPAWN_FAILED, "EAGAIN").text();
            assertTrue(text.contains("The limit of processes"), text);
            // A reload has a thread of its own.
            String refused = root.request("coppice/1 reload plan-a1.next " + "0".repeat(64));
            assertTrue(refused.startsWith("error 1 the new plan cannot be prepared"), refused);

            cgroup.write("pids.max", "max");
            assertHealed();
        } finally {
            stop();
            cgroup.remove();
        }
    }

    /** A plain command has no heartbeat: that it is stopped shows when it is to end. */
    @Test
    void shouldKillAStoppedCommandThatIsToEnd() throws Exception {
        signal("STOP", web.pid());
        assertEquals("ok\n", root.request("coppice/1 ping"));

        assertEquals("ok 1\n", root.request("coppice/1 restart web"));

        root.awaitEvent(EventType.STOP_TIMED_OUT, "");
        assertHealed();
        assertFalse(RootProcess.isAlive(web.pid()));
    }

    /** A frozen cgroup (version 1) is the state that a hung file system brings: no signal ends the process, not even KILL. */
    @Test
    void shouldWaitForAProcessThatDoesNotDieAndSayItDoes() throws Exception {
        Cgroup cgroup = Cgroup.make("freezer", web.pid());
        try {
            cgroup.write("freezer.state", "FROZEN");
            assertEquals("ok 1\n", root.request("coppice/1 kill web KILL"));
            root.request("coppice/1 restart web");

            root.awaitEvent(EventType.KILL_UNANSWERED, "after it was killed");
            assertTrue(RootProcess.isAlive(web.pid()));
            assertEquals(1, root.await("web", child -> true).incarnation(), "nothing is started beside it");
            assertEquals(db, root.await("db", RootUnderFaultsTest::isReady));
            assertEquals("ok\n", root.request("coppice/1 ping"));

            cgroup.write("freezer.state", "THAWED");
            assertHealed();
        } finally {
            cgroup.write("freezer.state", "THAWED");
            stop();
            cgroup.remove();
        }
    }

    @Test
    void shouldStartNoSuccessorBesideARemnantThatDoesNotDie() throws Exception {
        Path file = base.resolve("helper");
        root.awaitCondition("the helper", () -> RootProcess.hasLine(file));
        long helper = Long.parseLong(Files.readString(file).strip());
        Cgroup cgroup = Cgroup.make("freezer", helper);
        try {
            cgroup.write("freezer.state", "FROZEN");
            kill(web);

            root.awaitEvent(EventType.NOTE, "its successor waits for them");
            assertTrue(RootProcess.isAlive(helper));
            assertEquals(1, root.await("web", child -> true).incarnation());
            assertEquals("ok\n", root.request("coppice/1 ping"));

            cgroup.write("freezer.state", "THAWED");
            assertHealed();
        } finally {
            cgroup.write("freezer.state", "THAWED");
            stop();
            cgroup.remove();
        }
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor());
    }

    /** A cgroup of version 1 of one process, where this user may make one. */
    private record Cgroup(Path directory) {
        static Cgroup make(String controller, long pid) throws IOException {
            Path mount = Path.of("/sys/fs/cgroup", controller);
            assumeTrue(
                    Files.isWritable(mount.resolve("cgroup.procs")),
                    "no cgroup of version 1 can be made in " + mount + " by this user");
            Cgroup cgroup = new Cgroup(Files.createDirectory(mount.resolve("coppice-test-" + pid)));
            cgroup.write("cgroup.procs", Long.toString(pid));
            return cgroup;
        }

        void write(String file, String text) throws IOException {
            Files.writeString(directory.resolve(file), text);
        }

        void remove() throws IOException {
            Files.delete(directory);
        }
    }
}
