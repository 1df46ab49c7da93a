package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.state.root.RootSnapshot;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.StartTimeouts;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jnr.ffi.LibraryLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real root, and somebody who holds its end of a worker's pipe of hints beyond that worker's end: as a process does that is being
 * spawned just then, until it has closed what it inherits. The kernel goes on telling the root of it, if the root has only closed it.
 */
@Timeout(value = 3 * RootProcess.WATCHDOG_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RootWithAStaleHintTest {
    private static final long PIDFD_OPEN = 434;
    private static final long PIDFD_GETFD = 438;

    @TempDir
    Path base;

    /** By number, the same on every machine. */
    public interface SystemCalls {
        /** Two or three words; the others are nought. */
        long syscall(long number, long first, long second, long third);

        /** As everywhere. */
        int close(int fd);
    }

    private static ChildPlan worker(Path base, String name) {
        return RootReloadTest.daemon(RootProcess.command(name, base, "exec sleep 1000", -1, Backoff.NONE)).toBuilder()
                .startTimeouts(StartTimeouts.of(60_000))
                .heartbeatTimeoutMs(60_000)
                .plan();
    }

    /** The root's descriptor of a pipe of which another process has the other end. */
    private static long readEnd(long root, Path other) throws IOException {
        String pipe = Files.readSymbolicLink(other).toString();
        try (Stream<Path> open = Files.list(Path.of("/proc/" + root + "/fd"))) {
            List<Path> ends = open.filter(fd -> isTo(fd, pipe)).toList();
            assertEquals(1, ends.size(), "ends of " + pipe);
            return Long.parseLong(ends.get(0).getFileName().toString());
        }
    }

    private static boolean isTo(Path fd, String pipe) {
        try {
            return Files.readSymbolicLink(fd).toString().equals(pipe);
        } catch (IOException e) {
            return false; // It was one of those by which the directory is listed.
        }
    }

    @Test
    void shouldNotHearOfWhatItHasClosed() throws Exception {
        SystemCalls kernel = LibraryLoader.create(SystemCalls.class).load("c");
        try (RootProcess root = RootProcess.start(base, worker(base, "web"), worker(base, "db"))) {
            RootSnapshot.ChildInfo web = root.await("web", child -> child.pid() > 0);
            Path end = Path.of("/proc/" + web.pid() + "/fd/" + Standbys.HINT_FD);
            root.awaitCondition("its start", () -> Files.exists(end));
            long pidFd = kernel.syscall(PIDFD_OPEN, root.process.pid(), 0, 0);
            long held = kernel.syscall(PIDFD_GETFD, pidFd, readEnd(root.process.pid(), end), 0);
            kernel.close((int) pidFd);
            assumeTrue(held >= 0, "a descriptor of another process cannot be had here (pidfd_getfd)");
            try (OutputStream hint = new FileOutputStream(end.toFile())) {
                assertTrue(root.request("coppice/1 stop web").startsWith("ok"));
                root.await("web", child -> child.pid() == 0);
                Plan next = RootReloadTest.plan(root, worker(base, "db"));
                assertEquals("ok\n", RootReloadTest.reload(root, next), root.stderr());
                RootReloadTest.awaitPlan(root, next);
                hint.write('.');
                // By then it has been told, if it is at all.
                root.request("coppice/1 kill db KILL");
                root.await("db", child -> child.pid() > 0 && child.incarnation() == 2);
            } finally {
                kernel.close((int) held);
            }
            assertEquals("ok\n", root.request("coppice/1 ping"));
            assertEquals(0, root.stop(), root.stderr());
        }
    }
}
