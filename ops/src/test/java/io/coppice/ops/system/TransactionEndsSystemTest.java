package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

/**
 * Goal: whatever a task does to its JVM, a further attempt goes on from its checkpoint, and if all fail the daemon is told why, in words;
 * the daemon itself does not notice. Method: a real root, and tasks that really do it.
 */
class TransactionEndsSystemTest {
    private static final int RETRIES = 2;

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private final Submitter work = new Submitter(coppice);

    /**
     * A way to end.
     *
     * @param words of the exit, as the next attempt is told
     * @param cause all of what the future fails with, as regular expression, once the attempts are used up
     */
    private record Way(String name, String words, String cause) {}

    private static final List<Way> QUICK = List.of(
            new Way("kill", "signal KILL", "signal KILL(, perhaps by the kernel's OOM killer: .*)?"),
            new Way(
                    "fault",
                    "signal ABRT",
                    "signal ABRT: SIGSEGV \\(0xb\\) in .*\\(work@transactions\\.own/hs_err_\\d+\\.log\\)"),
            new Way("exit", "exit code 5", "exit code 5.*"),
            new Way("memory", "exit code 3", "out of memory: its heap was full \\(exit code 3\\).*"),
            new Way("overflow", "StackOverflowError", "java\\.lang\\.StackOverflowError.*"),
            new Way(
                    "exception",
                    "page 4711 is no page",
                    "java\\.lang\\.IllegalStateException: page 4711 is no page.*"));

    private static final List<Way> SLOW = List.of(
            new Way(
                    "deadlock",
                    "after not done within 2 s",
                    "not done within 2 s; its threads are in .*work@transactions\\.log"),
            new Way(
                    "loop",
                    "after not done within 2 s",
                    "not done within 2 s; its threads are in .*work@transactions\\.log"),
            new Way(
                    "stop",
                    "after not done within 2 s",
                    "not done within 2 s; its threads are in .*work@transactions\\.log"));

    @Test
    void shouldGoOnFromTheCheckpointAndAtLastTellTheCause() throws Exception {
        Coppice.Root root = check(QUICK, "slots: 3, queue: 40, quarantine: 40, timeout: 60s, retries: " + RETRIES);
        work.order("13 submit once hopeless");
        String hopeless = work.outcome(13);
        assertTrue(hopeless.matches("failed: transaction .* failed after 1 attempt: this is no image"), hopeless);
        work.order("14 submit plain");
        assertTrue(work.outcome(14).startsWith("ready: from 0 in attempt 1 of process "), work.outcome(14));
        work.assertEachOnce(14);
        assertEquals(1, coppice.daemon("work").number("incarnation"));
        assertEquals(0, root.stop(), root.stderr());
    }

    /** Its own timeout ends it, stopped by a signal or not, and its threads are shown first. */
    @Test
    void shouldEndAtItsOwnTimeoutWhatHangs() throws Exception {
        Coppice.Root root = check(SLOW, "slots: 3, queue: 40, quarantine: 40, timeout: 2s, retries: " + RETRIES);
        work.assertEachOnce(6);
        String log = coppice.log("work@transactions");
        for (String place : List.of("Found one Java-level deadlock", "Risky.loop(", "Risky.stop(")) {
            assertTrue(log.contains(place), place + " is not in " + log);
        }
        assertEquals(1, coppice.daemon("work").number("incarnation"));
        assertEquals(0, root.stop(), root.stderr());
    }

    private Coppice.Root check(List<Way> ways, String transactions) throws Exception {
        Coppice.Root root = work.start(transactions);
        long pid = coppice.daemon("work").number("pid");
        int number = 0;
        for (Way way : ways) {
            work.order(++number + " submit once " + way.name());
            work.order(++number + " submit always " + way.name());
        }
        List<Executable> checks = new ArrayList<>();
        number = 0;
        for (Way way : ways) {
            String once = work.outcome(++number);
            String always = work.outcome(++number);
            checks.add(() -> assertTrue(
                    once.matches("ready: from 41 in attempt [23] of process .*") && once.contains(way.words()), once));
            checks.add(() -> assertTrue(
                    always.matches("failed: transaction \\d+-\\d+ \\(io\\.coppice\\.ops\\.system\\.daemons\\.Risky\\)"
                            + " failed after " + (RETRIES + 1) + " attempts: " + way.cause()),
                    way.name() + ": " + always));
        }
        assertAll(checks);
        assertEquals(pid, coppice.daemon("work").number("pid"));
        assertEquals(1, coppice.daemon("work").number("incarnation"));
        return root;
    }
}
