package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.os.Children.Child;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreadStatTest {
    private static final int STOP = 19;
    private static final int CONT = 18;

    private final ThreadStat stat = new ThreadStat();

    @TempDir
    Path directory;

    private static void await(BooleanSupplier condition) {
        long endNs = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < endNs, "never came to be");
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldTellWhetherAThreadIsStopped() throws Exception {
        try (Children children = new Children(directory)) {
            Child child = children.start("sleep", "1000");
            int pid = child.pid();
            assertTrue(stat.read(pid, pid));
            assertFalse(stat.isStopped());
            assertEquals(0, child.pidFd().signal(STOP));
            await(() -> stat.read(pid, pid) && stat.isStopped());
            assertFalse(stat.isRunnable());
            assertEquals(0, child.pidFd().signal(CONT));
            await(() -> stat.read(pid, pid) && !stat.isStopped());
        }
    }

    @Test
    void shouldTellHowLongAThreadRan() throws Exception {
        try (Children children = new Children(directory)) {
            int pid = children.start("sh", "-c", "while :; do :; done").pid();
            assertTrue(stat.read(pid, pid));
            long beforeNs = stat.ranNs();
            assertTrue(beforeNs >= 0);
            await(() -> stat.read(pid, pid) && stat.ranNs() > beforeNs + 20_000_000);
            await(() -> stat.read(pid, pid) && stat.isRunnable());
            assertTrue(stat.waitedNs() >= 0);
        }
    }

    @Test
    void shouldTellTheStateOfTheFirstThreadIfThereIsNoSuchThread() throws Exception {
        try (Children children = new Children(directory)) {
            Child child = children.start("sleep", "1000");
            assertEquals(0, child.pidFd().signal(STOP));
            for (long tid : new long[] {0, -1, 1, Long.MAX_VALUE, Integer.MAX_VALUE, Long.MIN_VALUE}) {
                await(() -> stat.read(child.pid(), tid) && stat.isStopped());
                assertEquals(ThreadStat.NOT_TOLD, stat.ranNs(), "of thread " + tid);
                assertEquals(ThreadStat.NOT_TOLD, stat.waitedNs(), "of thread " + tid);
            }
        }
    }

    @Test
    void shouldTellNothingOfAProcessThatIsNotThere() {
        assertFalse(stat.read(Integer.MAX_VALUE, 0));
        assertFalse(stat.isStopped());
        assertFalse(stat.isRunnable());
        assertEquals(ThreadStat.NOT_TOLD, stat.ranNs());
    }
}
