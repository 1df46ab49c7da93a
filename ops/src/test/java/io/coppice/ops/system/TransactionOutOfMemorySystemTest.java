package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a transaction that takes more memory than there is harms nobody else, and who reads its cause learns what to think of. Method: a root in a
 * control group with a limit, and a task that takes memory which no heap counts until the kernel kills it.
 */
class TransactionOutOfMemorySystemTest {
    /** Above the budget, which the root checks before it starts. */
    private static final long LIMIT_BYTES = 1L << 30;

    /** One is enough for each of the three kills, most of the time none is needed. */
    private static final int DECOYS = 12;

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private final Submitter work = new Submitter(coppice);

    @Test
    void shouldTellOfTheKernelsOomKillerAndGoOn() throws Exception {
        try (MemoryGroup group = MemoryGroup.of(LIMIT_BYTES)) {
            work.manifest("slots: 1, retries: 1, timeout: 120s");
            group.addDecoys(DECOYS);
            Coppice.Root root = coppice.startRootIn(group.entry());
            try {
                coppice.awaitRoot(root);
                check();
            } finally {
                assertEquals(0, root.stop(), root.stderr());
            }
        }
    }

    /** Whatever else has come to its end in the group, such as an archiver, is counted as well. */
    private void check() throws Exception {
        long pid = work.awaitReady().number("pid");
        work.order("1 submit once native");
        String once = work.outcome(1);
        assertTrue(once.matches("ready: from 41 in attempt 2 of process .* after signal KILL"), once);
        work.order("2 submit always native");
        String always = work.outcome(2);
        assertTrue(
                always.matches("failed: .* failed after 2 attempts: signal KILL, perhaps by the kernel's OOM killer:"
                        + " its control group counts ([3-9]|[1-9]\\d+) such kills more"),
                always);
        work.order("3 submit plain");
        assertTrue(work.outcome(3).startsWith("ready: from 0 in attempt 1 "), work.outcome(3));
        assertEquals(pid, coppice.daemon(Submitter.NAME).number("pid"));
    }
}
