package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.RootSnapshot;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.Shutdown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manifest that was changed between the death of a root and the start of the next: as if a root that was there had reloaded it. */
class RootChangedMeanwhileTest {
    private static final String FOREVER = "while :; do sleep 1000; done";

    @TempDir
    Path base;

    private static boolean isReady(RootSnapshot.ChildInfo child) {
        return child.state() == ChildStateCode.READY;
    }

    private static void kill(RootProcess root) throws InterruptedException, IOException {
        root.process.destroyForcibly();
        root.awaitExit();
    }

    /** Ends on INT only, and tells of each signal. */
    private ChildPlan tells(String name, Dependency... dependsOn) {
        String script = "trap 'echo TERM-%1$s >>told' TERM; trap 'echo INT-%1$s >>told; exit 0' INT; echo up >%1$s.up;"
                + " while :; do sleep 0.05; done";
        ChildPlan plan = RootProcess.command(name, base, script.formatted(name), dependsOn);
        return plan.toBuilder().shutdown(Shutdown.bySignal("INT", 60_000)).plan();
    }

    @Test
    void shouldStopWhatIsGoneByItsOwnRulesAndInOrder() throws Exception {
        ChildPlan stays = RootProcess.command("stays", base, FOREVER);
        try (RootProcess first = RootProcess.start(
                base, stays, tells("db"), tells("web", new Dependency("db", Dependency.Condition.READY)))) {
            for (String name : List.of("db", "web")) {
                first.awaitSnapshot(
                        "the traps of " + name, snapshot -> RootProcess.hasLine(base.resolve(name + ".up")));
            }
            long pid = first.await("stays", RootChangedMeanwhileTest::isReady).pid();
            kill(first);

            try (RootProcess second = RootProcess.start(base, stays)) {
                RootSnapshot after = second.awaitSnapshot(
                        "the new plan", snapshot -> snapshot.children().size() == 1);
                assertEquals(pid, after.child("stays").orElseThrow().pid());
                assertEquals(List.of("INT-web", "INT-db"), Files.readAllLines(base.resolve("told")));
                assertEquals(0, second.stop(), second.stderr());
            }
        }
    }

    /** Its segment has the size of the old plan until its next owner starts. */
    @Test
    void shouldTakeOverADaemonWhoseSegmentIsToHaveAnotherSize() throws Exception {
        ChildPlan web = RootProcess.command("web", base, FOREVER);
        ChildPlan db = RootReloadTest.daemon(RootProcess.command("db", base, FOREVER));
        try (RootProcess first = RootProcess.start(base, db, web)) {
            long pid = first.await("web", RootChangedMeanwhileTest::isReady).pid();
            kill(first);

            try (RootProcess second = RootProcess.start(base, larger(db), web)) {
                second.awaitSnapshot(
                        "the second root",
                        snapshot -> snapshot.root().orElseThrow().pid() == second.process.pid());
                RootSnapshot.ChildInfo after = second.await("web", RootChangedMeanwhileTest::isReady);
                assertEquals(pid, after.pid());
                assertEquals(0, second.stop(), second.stderr());
                assertFalse(RootProcess.isAlive(pid));
            }
        }
    }

    private static ChildPlan larger(ChildPlan plan) {
        return plan.toBuilder()
                .stateBytes(2 * plan.stateBytes())
                .launch(plan.launch() + 1)
                .plan();
    }
}
