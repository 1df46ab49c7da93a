package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.os.Children.Child;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What evades a look at /proc: a process whose first thread has ended, which is shown as dead, and what is always a new process. */
class HiddenProcessesTest {
    private static final int KILL = 9;

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

    @Test
    void shouldTellAProcessWhoseFirstThreadHasEndedFromADeadOne() throws Exception {
        Child child = children.start(HiddenLeaderProbe.command(directory).toArray(String[]::new));
        Watchdog.await("hidden", () -> isWritten(child, "hidden\n"));
        String stat = Files.readString(Path.of("/proc/" + child.pid() + "/stat"));
        assertTrue(stat.contains(") Z "), stat);
        assertFalse(table.isZombie(child.pid()));
        assertTrue(table.groupHasLiveMember(child.pid()));
        assertTrue(table.leadsItsGroup(child.pid()));
        child.pidFd().signal(KILL);
        Watchdog.awaitReadable("death", child.pidFd().fd());
        assertTrue(table.isZombie(child.pid()));
        assertFalse(table.groupHasLiveMember(child.pid()));
        child.awaitExit();
    }

    @Test
    void shouldKillWhatIsLeftOfAGroupAndHides() throws Exception {
        List<String> argv = new ArrayList<>(List.of("sh", "-c", "\"$@\" & echo $!", "sh"));
        argv.addAll(HiddenLeaderProbe.command(directory));
        Child child = children.start(argv.toArray(String[]::new));
        long ticks = table.startTicks(child.pid());
        Watchdog.await("hidden", () -> isWritten(child, "hidden\n"));
        assertEquals(new ExitStatus.Exited(0), child.awaitExit());
        assertEquals(1, table.killRemnants(child.pid(), child.pid(), ticks));
        Watchdog.await("its end", () -> table.killRemnants(child.pid(), child.pid(), ticks) == 0);
        int hidden = Integer.parseInt(child.output().lines().findFirst().orElseThrow());
        assertTrue(table.startTicks(hidden) < 0 || table.isZombie(hidden));
    }

    @Test
    void shouldKillWhatIsLeftOfAGroupAndIsAlwaysANewProcess() throws Exception {
        Path chain = directory.resolve("chain");
        Files.writeString(chain, "sh " + chain + " &\n");
        Child child = children.start("sh", "-c", "sh " + chain);
        long ticks = table.startTicks(child.pid());
        assertEquals(new ExitStatus.Exited(0), child.awaitExit());
        assertTrue(table.groupExists(child.pid()), "it lives on");
        Watchdog.await("its end", () -> {
            table.killRemnants(child.pid(), child.pid(), ticks);
            return !table.groupExists(child.pid());
        });
    }

    private static boolean isWritten(Child child, String text) {
        try {
            return child.output().contains(text);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
