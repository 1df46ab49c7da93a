package io.coppice.ops.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcFilesTest {
    @TempDir
    Path directory;

    @Test
    void shouldReadThisProcessAsTheKernelTellsIt() {
        long pid = ProcessHandle.current().pid();
        ProcessStat stat = new ProcFileSystem(Path.of("/proc")).stat(pid).orElseThrow();

        assertEquals(pid, stat.pid());
        assertEquals(ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L), stat.parentPid());
        assertTrue(stat.startTicks() > 0);
        assertTrue(new ProcFileSystem(Path.of("/proc")).lives(pid, stat.startTicks()));
    }

    @Test
    void shouldCountFieldsFromTheLastParenthesisOfTheName() {
        FakeProc proc = new FakeProc(directory).process(7, 3, 7, 'S', 99, "sleep", "1");

        assertEquals(
                Optional.of(new ProcessStat(7, 3, 7, 'S', 99)), proc.files().stat(7));
    }

    @Test
    void shouldNotTakeAnotherProcessOfTheSamePidForTheOldOne() {
        FakeProc proc = new FakeProc(directory).process(7, 1, 7, 'S', 99);

        assertTrue(proc.files().lives(7, 99));
        assertFalse(proc.files().lives(7, 98));
    }

    @Test
    void shouldNotCallAZombieAlive() {
        assertFalse(new FakeProc(directory).process(7, 1, 7, 'Z', 99).files().lives(7, 99));
    }

    @Test
    void shouldShowTheNameOfAProcessWithoutArguments() {
        FakeProc proc = new FakeProc(directory).process(7, 1, 7, 'S', 1).process(8, 1, 8, 'S', 1, "a b", "c");

        assertEquals(Optional.of("[kworker]"), proc.files().command(7));
        assertEquals(Optional.of("a b c"), proc.files().command(8));
        assertEquals(Optional.empty(), proc.files().command(9));
    }

    @Test
    void shouldAnswerEmptyForAnyDamagedStat() throws Exception {
        long seed = 20_261_121;
        SplittableRandom random = new SplittableRandom(seed);
        FakeProc proc = new FakeProc(directory).process(7, 1, 7, 'S', 99);
        Path stat = directory.resolve("7/stat");
        byte[] good = Files.readAllBytes(stat);
        for (int round = 0; round < 500; round++) {
            byte[] bad = java.util.Arrays.copyOf(good, random.nextInt(good.length + 1));
            for (int i = 0; i < 3 && bad.length > 0; i++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            Files.write(stat, bad);
            try {
                proc.files().stat(7).ifPresent(ProcessStat::stateWord);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
    }
}
