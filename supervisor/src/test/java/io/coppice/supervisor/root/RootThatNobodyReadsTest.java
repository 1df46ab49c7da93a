package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.RootSnapshot;
import io.coppice.supervisor.plan.Backoff;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real root whose standard error takes nothing. */
@Timeout(value = 3 * RootProcess.WATCHDOG_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RootThatNobodyReadsTest {
    private static final String FOREVER = "while :; do sleep 1000; done";

    /** Each is two lines on the console or more: more than a pipe's 64 KiB and the root's queue hold. */
    private static final int DEATHS = 700;

    @TempDir
    Path base;

    private static boolean isReady(RootSnapshot.ChildInfo child) {
        return child.state() == ChildStateCode.READY;
    }

    @Test
    void shouldGoOnAndEndBehindAPipeThatIsFull() throws Exception {
        // The reader is there, and reads nothing: writing does not fail, it blocks.
        // Whoever holds the reading end, which is its standard input, ends with the root: $$ is the root's number.
        String holdsAndNeverReads = "while kill -0 $$ 2>/dev/null; do sleep 0.1; done";
        List<String> unread =
                List.of("bash", "-c", "exec 2> >(exec 2>&-; " + holdsAndNeverReads + "); exec \"$@\"", "bash");
        try (RootProcess root = RootProcess.startUnder(
                base,
                unread,
                RootProcess.command("dies", base, "exit 1", -1, Backoff.NONE),
                RootProcess.command("web", base, FOREVER))) {
            RootSnapshot.ChildInfo web = root.await("web", RootThatNobodyReadsTest::isReady);
            root.await("dies", child -> child.incarnation() > DEATHS);

            assertEquals("ok\n", root.request("coppice/1 ping"));
            assertEquals(web, root.await("web", RootThatNobodyReadsTest::isReady));
            assertEquals(0, root.stop());
        }
    }

    @Test
    void shouldGoOnAndEndOnAFullDisk() throws Exception {
        List<String> full = List.of("bash", "-c", "exec >/dev/full 2>&1; exec \"$@\"", "bash");
        try (RootProcess root = RootProcess.startUnder(base, full, RootProcess.command("web", base, FOREVER))) {
            RootSnapshot.ChildInfo web = root.await("web", RootThatNobodyReadsTest::isReady);
            ProcessHandle.of(web.pid()).orElseThrow().destroyForcibly();

            RootSnapshot.ChildInfo after = root.await("web", child -> isReady(child) && child.incarnation() == 2);

            assertNotEquals(web.pid(), after.pid());
            assertEquals("ok\n", root.request("coppice/1 ping"));
            assertEquals(0, root.stop());
        }
    }

    @Test
    void shouldGoOnWithoutAnyStandardDescriptor() throws Exception {
        // Descriptor 0 is the plan's.
        List<String> closed = List.of("bash", "-c", "exec >&- 2>&-; exec \"$@\"", "bash");
        try (RootProcess root = RootProcess.startUnder(base, closed, RootProcess.command("web", base, FOREVER))) {
            RootSnapshot.ChildInfo web = root.await("web", RootThatNobodyReadsTest::isReady);
            ProcessHandle.of(web.pid()).orElseThrow().destroyForcibly();

            root.await("web", child -> isReady(child) && child.incarnation() == 2);

            assertEquals("ok\n", root.request("coppice/1 ping"));
            assertEquals(0, root.stop());
        }
    }
}
