package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.os.Children.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PidFdTest {
    private static final int KILL = 9;

    @TempDir
    Path directory;

    private Children children;

    @BeforeEach
    void start() throws OsException {
        children = new Children(directory);
    }

    @AfterEach
    void end() throws OsException {
        children.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 70, 125, 255})
    void shouldTellTheExitCode(int code) throws Exception {
        Child child = children.shell("exit " + code);
        assertEquals(new ExitStatus.Exited(code), child.awaitExit());
        assertEquals(new ExitStatus.Exited(code), child.pidFd().tryReap(), "the same when asked again");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 13, 15, 40})
    void shouldTellTheSignalThatKilled(int signo) throws Exception {
        Child child = children.start("sleep", "1000");
        assertNull(child.pidFd().tryReap());
        assertFalse(Watchdog.isReadable(child.pidFd().fd()));
        assertEquals(0, child.pidFd().signal(0));
        assertEquals(0, child.pidFd().signal(signo));
        assertEquals(new ExitStatus.Signaled(signo, false), child.awaitExit());
    }

    @Test
    void shouldTellACoreFile() throws Exception {
        Child child = children.shell("ulimit -c unlimited || exit 99; kill -ABRT $$");
        ExitStatus status = child.awaitExit();
        String pattern =
                Files.readString(Path.of("/proc/sys/kernel/core_pattern")).strip();
        if (status.equals(new ExitStatus.Exited(99)) || pattern.startsWith("/")) {
            abort("no core files to be had here (hard limit, or core_pattern " + pattern + ")");
        }
        assertEquals(new ExitStatus.Signaled(6, true), status);
    }

    @Test
    void shouldStayWithADeadChildUntilItIsReapedAndNotFindItAfterwards() throws Exception {
        Child child = children.start("sleep", "1000");
        assertEquals(0, child.pidFd().signal(KILL));
        Watchdog.awaitReadable("death", child.pidFd().fd());
        PidFd.open(child.pid()).close();
        assertEquals(new ExitStatus.Signaled(KILL, false), child.pidFd().tryReap());
        OsException gone = assertThrows(OsException.class, () -> PidFd.open(child.pid()));
        assertEquals(Errno.ESRCH, gone.errno());
        assertTrue(gone.getMessage().contains("process " + child.pid()), gone::getMessage);
        assertEquals(Errno.ESRCH, child.pidFd().signal(KILL), "never sent to whoever has the number next");
    }

    @Test
    void shouldTellOfAnothersChildOnceThatHasReapedItIfTheKernelKeepsIt() throws Exception {
        // A grandchild: its parent, not we, may take its status.
        Child child =
                children.shell("sleep 1000 & echo $! > pid; read -r line; kill -9 $!; wait $!; echo reaped; exit 0");
        Path pidFile = directory.resolve("pid");
        Watchdog.await("the grandchild's pid", () -> isWritten(pidFile));
        try (PidFd grandchild =
                PidFd.open(Integer.parseInt(Files.readString(pidFile).strip()))) {
            assertNull(grandchild.tryReap());
            child.release("now\n");
            Watchdog.awaitReadable("death of the grandchild", grandchild.fd());
            Watchdog.await("the grandchild's status", () -> grandchild.tryReap() != null);
            assertEquals(ifKept(new ExitStatus.Signaled(KILL, false)), grandchild.tryReap());
        }
        assertEquals(new ExitStatus.Exited(0), child.awaitExit());
    }

    @Test
    void shouldTellWhatAnotherHasTakenIfTheKernelKeepsIt() throws Exception {
        Child child = children.shell("exit 3");
        try (PidFd second = PidFd.open(child.pid())) {
            assertEquals(new ExitStatus.Exited(3), child.awaitExit());
            assertEquals(ifKept(new ExitStatus.Exited(3)), second.tryReap());
        }
    }

    /** Linux keeps the status of the reaped, for who has a pidfd, from 6.15 on. */
    private static ExitStatus ifKept(ExitStatus status) throws IOException {
        String[] release =
                Files.readString(Path.of("/proc/sys/kernel/osrelease")).split("[^0-9]+", 3);
        int major = Integer.parseInt(release[0]);
        boolean kept = major > 6 || (major == 6 && Integer.parseInt(release[1]) >= 15);
        return kept ? status : new ExitStatus.Unknown();
    }

    @Test
    void shouldRefuseNumbersThatAreNoProcess() {
        assertThrows(IllegalArgumentException.class, () -> PidFd.open(0));
        assertThrows(IllegalArgumentException.class, () -> PidFd.open(-1));
    }

    private static boolean isWritten(Path file) {
        try {
            return Files.exists(file) && Files.readString(file).endsWith("\n");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void shouldTellProcessesApartByTheirInodes() throws Exception {
        Process one = new ProcessBuilder("sleep", "1000").start();
        Process other = new ProcessBuilder("sleep", "1000").start();
        try (PidFd first = PidFd.open((int) one.pid());
                PidFd again = PidFd.open((int) one.pid());
                PidFd second = PidFd.open((int) other.pid())) {
            assertEquals(first.inode(), again.inode());
            assertTrue(first.inode() == 0 || first.inode() != second.inode(), "0 on kernels before 6.9");
        } finally {
            one.destroyForcibly();
            other.destroyForcibly();
        }
    }
}
