package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootSnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real root whose files are removed under it. */
@Timeout(value = 3 * RootProcess.WATCHDOG_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RootWithoutItsFilesTest {
    private static final String FOREVER = "while :; do sleep 1000; done";

    @TempDir
    Path base;

    private static boolean isReady(RootSnapshot.ChildInfo child) {
        return child.state() == ChildStateCode.READY;
    }

    private void assertUnharmed(RootProcess root, RootSnapshot.ChildInfo web) throws Exception {
        assertEquals("ok\n", root.request("coppice/1 ping"));
        assertEquals(web, root.await("web", RootWithoutItsFilesTest::isReady));
        assertEquals(0, root.stop(), root.stderr());
    }

    private static void assertIsRefused(RootProcess second, RootProcess first) throws Exception {
        assertEquals(1, second.awaitExit());
        assertTrue(second.stderr().contains("run by pid " + first.process.pid()), second.stderr());
    }

    @Test
    void shouldListenAgainWhereItsSocketWasRemoved() throws Exception {
        try (RootProcess root = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
            RootSnapshot.ChildInfo web = root.await("web", RootWithoutItsFilesTest::isReady);

            Files.delete(root.directory.resolve("control.sock"));

            root.awaitEvent(EventType.FILE_LOST, "control.sock");
            assertUnharmed(root, web);
        }
    }

    @Test
    void shouldSaySoWhileSomethingElseIsInItsSocketsPlace() throws Exception {
        try (RootProcess root = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
            RootSnapshot.ChildInfo web = root.await("web", RootWithoutItsFilesTest::isReady);
            Path socket = root.directory.resolve("control.sock");

            Files.move(
                    Files.writeString(base.resolve("other"), "not a socket"), socket, StandardCopyOption.ATOMIC_MOVE);
            root.awaitEvent(EventType.FILE_LOST, "something that is not a socket is there");
            assertEquals("not a socket", Files.readString(socket));

            Files.delete(socket);
            root.awaitEvent(EventType.FILE_LOST, "listens there again");
            assertUnharmed(root, web);
        }
    }

    @Test
    void shouldLockAgainAndKeepASecondRootOutWhenItsLockWasRemoved() throws Exception {
        try (RootProcess root = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
            RootSnapshot.ChildInfo web = root.await("web", RootWithoutItsFilesTest::isReady);

            Files.delete(root.directory.resolve("root.lock"));

            root.awaitEvent(EventType.FILE_LOST, "root.lock");
            try (RootProcess second = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
                assertIsRefused(second, root);
            }
            assertUnharmed(root, web);
        }
    }

    /** The root is stopped, so it cannot lock again; but its segment names it, and it lives. */
    @Test
    void shouldRefuseASecondRootOverTheRecordOfOneThatLivesWithoutItsLock() throws Exception {
        try (RootProcess root = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
            RootSnapshot.ChildInfo web = root.await("web", RootWithoutItsFilesTest::isReady);
            root.pause();

            Files.delete(root.directory.resolve("root.lock"));
            try (RootProcess second = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
                assertIsRefused(second, root);
            } finally {
                root.resume();
            }

            root.awaitEvent(EventType.FILE_LOST, "root.lock");
            assertUnharmed(root, web);
        }
    }

    @Test
    void shouldMakeItsDirectoryAnewAndKeepASecondRootOut() throws Exception {
        try (RootProcess root = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
            RootSnapshot.ChildInfo web = root.await("web", RootWithoutItsFilesTest::isReady);

            Files.move(root.directory, base.resolve("elsewhere"));

            // Not for the socket's name: that is there before the root listens.
            root.awaitEvent(EventType.FILE_LOST, "the root listens there again");
            assertEquals("ok\n", root.request("coppice/1 ping"));
            try (RootProcess second = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
                assertIsRefused(second, root);
            }
            root.awaitEvent(EventType.FILE_LOST, "root.lock");
            assertEquals(web, root.await("web", RootWithoutItsFilesTest::isReady));
            // It is launched anew into a directory for logs that there is.
            assertEquals("ok 1\n", root.request("coppice/1 restart web"));
            root.awaitCondition("a new log", () -> Files.exists(root.directory.resolve("logs/web.log")));
            assertEquals(0, root.stop(), root.stderr());
        }
    }

    @Test
    void shouldRecordAnewSoThatASuccessorTakesOverWhatRuns() throws Exception {
        try (RootProcess root = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
            RootSnapshot.ChildInfo before = root.await("web", RootWithoutItsFilesTest::isReady);
            ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly();
            RootSnapshot.ChildInfo web = root.await("web", child -> isReady(child) && child.incarnation() == 2);

            Files.delete(root.directory.resolve("root.seg"));

            root.awaitEvent(EventType.FILE_LOST, "root.seg");
            assertEquals(web, root.await("web", RootWithoutItsFilesTest::isReady));
            root.process.destroyForcibly();
            root.awaitExit();
            try (RootProcess successor = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
                successor.awaitEvent(EventType.ADOPTED, "");
                assertEquals(web, successor.await("web", RootWithoutItsFilesTest::isReady));
                assertEquals(0, successor.stop(), successor.stderr());
            }
        }
    }

    /** Without it nobody could say by what plan the instance runs, and so not what a reload would change. */
    @Test
    void shouldRecordItsPlanAnew() throws Exception {
        try (RootProcess root = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
            RootSnapshot.ChildInfo web = root.await("web", RootWithoutItsFilesTest::isReady);
            Path record = root.directory.resolve("plan");
            String before = Files.readString(record);

            Files.delete(record);

            root.awaitEvent(EventType.FILE_LOST, "plan");
            assertEquals(before, Files.readString(record));
            assertUnharmed(root, web);
        }
    }

    /** The kernel's lock is on the file: one that was made anew under an owner that lives would keep nobody out. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldMakeALockFileAnewBeforeTheNextLaunchAndNotBefore(int standbys) throws Exception {
        try (RootProcess root = RootProcess.start(base, StandbyWorkerMain.plan(base, standbys))) {
            Path lock = root.directory.resolve("worker.lock");
            RootSnapshot.ChildInfo worker =
                    root.await("worker", child -> isReady(child) && child.parkedStandbys() == standbys);

            Files.delete(lock);

            root.awaitEvent(EventType.FILE_LOST, "its lock file was removed");
            assertEquals("ok\n", root.request("coppice/1 ping"));
            assertFalse(Files.exists(lock), "it is made anew while its owner lives");
            ProcessHandle.of(worker.pid()).orElseThrow().destroyForcibly();
            root.await("worker", child -> isReady(child) && child.incarnation() > worker.incarnation());
            assertTrue(Files.isRegularFile(lock));
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(lock)));
            assertEquals(0, root.stop(), root.stderr());
        }
    }
}
