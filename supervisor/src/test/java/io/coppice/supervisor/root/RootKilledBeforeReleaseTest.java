package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.RootSnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: a root that is killed between spawning a child and letting it go leaves no second owner. Method: end the
 * production root at that point, before and after the commit; the child must be gone without having run, and a next root
 * must find the way free.
 */
class RootKilledBeforeReleaseTest {
    @TempDir
    Path base;

    @ParameterizedTest
    @ValueSource(strings = {"before-commit", "after-commit"})
    void shouldLeaveNoChildThatRuns(String when) throws Exception {
        String script = "echo $$ >>ran; while :; do sleep 1000; done";
        try (RootProcess dying =
                RootProcess.start(base, DyingRootMain.class, List.of(when), RootProcess.command("web", base, script))) {
            assertEquals(137, dying.awaitExit(), dying.stderr());
            assertFalse(Files.exists(base.resolve("ran")), "the child ran though it was never let go");

            try (RootProcess next = RootProcess.start(base, RootProcess.command("web", base, script))) {
                RootSnapshot.ChildInfo web =
                        next.await("web", child -> child.state() == ChildStateCode.READY && child.incarnation() >= 1);
                next.awaitSnapshot("the command's first line", snapshot -> RootProcess.hasLine(base.resolve("ran")));
                assertEquals(
                        List.of(Long.toString(web.pid())), Files.readAllLines(base.resolve("ran")), "a second owner");
                assertEquals(0, next.stop(), next.stderr());
            }
        }
    }
}
