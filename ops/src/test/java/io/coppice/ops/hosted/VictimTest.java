package io.coppice.ops.hosted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.view.ProcFileSystem;
import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.WantedCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VictimTest {
    private final ProcFileSystem processes = new ProcFileSystem(Path.of("/proc"));
    private Process process;
    private long startTicks;

    @BeforeEach
    void start() throws Exception {
        process = new ProcessBuilder("sleep", "1000").start();
        startTicks = processes.stat(process.pid()).orElseThrow().startTicks();
    }

    @AfterEach
    void end() {
        process.destroyForcibly();
    }

    private static ChildInfo child(long pid, long ticks) {
        return new ChildInfo(
                0,
                "words",
                ChildKind.DAEMON,
                ChildStateCode.READY,
                WantedCode.UP,
                pid,
                ticks,
                0,
                3,
                0,
                0,
                0,
                0,
                0,
                0,
                false,
                0,
                0,
                0,
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    @Test
    void shouldKillTheProcessOnRecord() {
        Victim victim = Victim.of(child(process.pid(), startTicks), processes).orElseThrow();

        assertTrue(victim.kill(processes));
        assertEquals(128 + 9, process.onExit().join().exitValue());
        assertEquals(3, victim.incarnation());
    }

    @Test
    void shouldNotTouchAnotherProcessThatHasThePidNow() {
        assertTrue(Victim.of(child(process.pid(), startTicks + 1), processes).isEmpty());
        assertTrue(process.isAlive());
    }

    @Test
    void shouldSayThatItMissedAProcessThatIsDeadAlready() {
        Victim victim = Victim.of(child(process.pid(), startTicks), processes).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();

        assertFalse(victim.kill(processes));
    }

    @Test
    void shouldFindNobodyWhenThereIsNoProcess() {
        assertTrue(Victim.of(child(0, 0), processes).isEmpty());
    }
}
