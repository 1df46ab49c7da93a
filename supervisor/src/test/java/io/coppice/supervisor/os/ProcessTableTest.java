package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.os.Children.Child;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jnr.ffi.LibraryLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessTableTest {
    private static final int KILL = 9;
    private static final int PR_SET_CHILD_SUBREAPER = 36;

    private final ProcessTable table = new ProcessTable();

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

    public interface Prctl {
        int prctl(int option, long value);
    }

    @Test
    void shouldTellTheStartTimeOfAProcessUntilItIsReaped() throws Exception {
        Child child = children.start("sleep", "1000");
        long ticks = table.startTicks(child.pid());
        assertEquals(startTicksAsText(child.pid()), Long.toString(ticks));
        assertTrue(
                ticks >= table.startTicks((int) ProcessHandle.current().pid()), "a child is no older than its parent");
        child.pidFd().signal(KILL);
        Watchdog.awaitReadable("death", child.pidFd().fd());
        assertEquals(ticks, table.startTicks(child.pid()), "dead, not reaped");
        child.awaitExit();
        assertEquals(-1, table.startTicks(child.pid()));
    }

    @Test
    void shouldTellThatAProcessIsDying() throws Exception {
        Child child = children.start("sleep", "1000");
        assertFalse(table.isDying(child.pid()));
        child.pidFd().signal(KILL);
        assertTrue(table.isDying(child.pid()) || child.pidFd().isDead(), "from the moment that it was sent the signal");
        Watchdog.awaitReadable("death", child.pidFd().fd());
        assertTrue(table.isDying(child.pid()), "dead, not reaped");
        child.awaitExit();
        assertFalse(table.isDying(child.pid()));
    }

    @Test
    void shouldTellHowAProcessEndsThatCannotBeStoppedFromIt() throws Exception {
        Child child = children.start("sh", "-c", "kill -STOP $$; exec sleep 1000");
        assertNull(table.inevitableEnd(child.pid()), "alive, or stopped");
        child.pidFd().signal(KILL);
        Watchdog.awaitReadable("death", child.pidFd().fd());
        assertEquals(new ExitStatus.Signaled(KILL, false), table.inevitableEnd(child.pid()));
        child.awaitExit();
        assertNull(table.inevitableEnd(child.pid()), "reaped");
        Child exits = children.start("sh", "-c", "exit 3");
        Watchdog.awaitReadable("exit", exits.pidFd().fd());
        assertEquals(new ExitStatus.Exited(3), table.inevitableEnd(exits.pid()));
        exits.awaitExit();
    }

    /** The leader of a group is gone, its parent has reaped it, and a member is left: all that a root that died leaves, too. */
    @Test
    void shouldKillWhatIsLeftOfAGroupAndNobodyElse() throws Exception {
        Child child = children.shell("setsid --fork sh -c 'sleep 1000 & echo $$ $! >left.new; mv left.new left'; cat");
        Path file = directory.resolve("left");
        Watchdog.await("the remnant", () -> Files.exists(file));
        String[] pids = Files.readString(file).strip().split(" ");
        int group = Integer.parseInt(pids[0]);
        int member = Integer.parseInt(pids[1]);
        Watchdog.await("the end of the leader", () -> !Files.exists(Path.of("/proc/" + group)));
        long ticks = table.startTicks(member);

        assertEquals(0, table.killRemnants(group, group + 1L, 0), "of another session");
        assertEquals(0, table.killRemnants(group, group, ticks + 1), "older than the group was");
        assertEquals(0, table.killRemnants(child.pid(), group, 0), "the number is another process's by now");
        assertEquals(ticks, table.startTicks(member));

        assertEquals(1, table.killRemnants(group, group, ticks));
        Watchdog.await("its end", () -> table.killRemnants(group, group, ticks) == 0);
        child.pidFd().signal(KILL);
        child.awaitExit();
    }

    @Test
    void shouldNotBeMisledByAProgramsName() throws Exception {
        Path sleep = directory.resolve(") Z 1 ( 5");
        Files.copy(Path.of("/bin/sleep").toRealPath(), sleep);
        sleep.toFile().setExecutable(true);
        Child child = children.start(sleep.toString(), "1000");
        assertEquals(startTicksAsText(child.pid()), Long.toString(table.startTicks(child.pid())));
        assertTrue(table.groupHasLiveMember(child.pid()));
    }

    @Test
    void shouldKnowThisBoot() {
        assertTrue(table.bootId().matches("[0-9a-f-]{36}"), table.bootId());
    }

    @Test
    void shouldSignalAWholeGroupAndSeeItsEnd() throws Exception {
        Child child = children.shell("sleep 1000 & sleep 1000 & echo ready; wait");
        int group = child.pid();
        Watchdog.await("the group's members", () -> isWritten(child));
        assertTrue(table.groupExists(group));
        assertTrue(table.groupHasLiveMember(group));
        assertEquals(0, table.signalGroup(group, KILL));
        assertEquals(new ExitStatus.Signaled(KILL, false), child.awaitExit());
        Watchdog.await("the group's end", () -> !table.groupExists(group));
        assertEquals(Errno.ESRCH, table.signalGroup(group, 0));
        assertFalse(table.groupHasLiveMember(group));
    }

    @Test
    void shouldLeaveADeadLeaderToItsPidFd() throws Exception {
        Child child = children.shell("exit 5");
        Watchdog.awaitReadable("death", child.pidFd().fd());
        assertTrue(table.groupExists(child.pid()));
        assertFalse(table.groupHasLiveMember(child.pid()));
        assertEquals(new ExitStatus.Exited(5), child.pidFd().tryReap());
        assertFalse(table.groupExists(child.pid()));
    }

    @Test
    void shouldReapDeadMembersThatTheRootInherited() throws Exception {
        Prctl libc = LibraryLoader.create(Prctl.class).load("c");
        assertEquals(0, libc.prctl(PR_SET_CHILD_SUBREAPER, 1)); // as if this were process 1
        try {
            Child child = children.shell("sleep 1000 & sleep 1000 & exit 0");
            assertEquals(new ExitStatus.Exited(0), child.awaitExit());
            assertTrue(table.groupExists(child.pid()), "what it left behind lives");
            assertEquals(0, table.signalGroup(child.pid(), KILL));
            Watchdog.await("the group's end", () -> !table.groupExists(child.pid()));
        } finally {
            assertEquals(0, libc.prctl(PR_SET_CHILD_SUBREAPER, 0));
        }
    }

    @Test
    void shouldRefuseGroupsThatWouldBeEverybodyOrOurselves() {
        for (int group : List.of(-5, -1, 0, 1)) {
            assertThrows(IllegalArgumentException.class, () -> table.signalGroup(group, 0));
            assertThrows(IllegalArgumentException.class, () -> table.groupExists(group));
            assertThrows(IllegalArgumentException.class, () -> table.groupHasLiveMember(group));
        }
        assertThrows(IllegalArgumentException.class, () -> table.startTicks(0));
    }

    private static boolean isWritten(Child child) {
        try {
            return child.output().endsWith("\n");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String startTicksAsText(int pid) throws java.io.IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[22 - 3];
    }
}
