package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RemainsTest {
    /** It leads a group, as every child does; the JDK reaps it here, which is told by an unknown status. */
    @Test
    void shouldKillTheGroupAndLookUntilNothingIsLeft() throws Exception {
        Process leader = new ProcessBuilder("setsid", "sh", "-c", "sleep 1000 & wait").start();
        int pid = (int) leader.pid();
        Remains remains = new Remains(new ProcessTable());
        assertEquals(Long.MAX_VALUE, remains.nextLookNs());
        long leaderSinceNs = System.nanoTime();
        while (leader.descendants().findAny().isEmpty()) {
            assertTrue(System.nanoTime() - leaderSinceNs < TimeUnit.MINUTES.toNanos(1), "never had a child");
            TimeUnit.MILLISECONDS.sleep(1);
        }
        ProcessHandle member = leader.descendants().findAny().orElseThrow();

        remains.add(PidFd.open(pid), 0);

        assertTrue(remains.isOne(pid));
        assertFalse(remains.isOne(pid + 1));
        leader.waitFor();
        member.onExit().get(1, TimeUnit.MINUTES);
        long endNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (remains.nextLookNs() != Long.MAX_VALUE) {
            assertTrue(System.nanoTime() < endNs, "something is left");
            remains.look(remains.nextLookNs());
            TimeUnit.MILLISECONDS.sleep(1);
        }
        assertFalse(remains.isOne(pid));
    }
}
