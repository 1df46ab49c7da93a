package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.supervisor.plan.ChildPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: a root that dies while it assigns a standby leaves neither two owners nor none. Method: end the production root at that point,
 * before the commit, between the commit and the line, and when the standby has got its line; the next root must go on with that very standby.
 */
class RootKilledAtAssignmentTest {
    @TempDir
    Path base;

    private ChildPlan worker() {
        return StandbyWorkerMain.plan(base, 1);
    }

    private Path lines() {
        return StandbyWorkerMain.log(base);
    }

    private static boolean isServed(ChildInfo child) {
        return child.state() == ChildStateCode.READY && child.parkedStandbys() == 1;
    }

    @ParameterizedTest
    @ValueSource(strings = {"before-assignment", "after-assignment", "after-line"})
    void shouldBeGoneOnWithByTheNext(String when) throws Exception {
        try (RootProcess dying = RootProcess.start(base, DyingRootMain.class, List.of(when), worker())) {
            ChildInfo before = dying.await("worker", RootKilledAtAssignmentTest::isServed);
            long standby = before.standbys().get(0).pid();
            ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly();
            assertEquals(137, dying.awaitExit(), dying.stderr());
            if (when.equals("after-line")) {
                awaitRun(standby);
            }

            try (RootProcess next = RootProcess.start(base, worker())) {
                ChildInfo after = next.await(
                        "worker", child -> child.state() == ChildStateCode.READY && child.incarnation() == 2);
                assertEquals(standby, after.pid(), next.stderr());
                assertEquals(
                        List.of(before.pid() + " 1", standby + " 2"),
                        StandbyWorkerMain.lines(lines()).stream()
                                .map(line -> line.split(" ")[0] + " " + line.split(" ")[2])
                                .toList());
                ChildInfo again = next.await("worker", RootKilledAtAssignmentTest::isServed);
                ProcessHandle.of(standby).orElseThrow().destroyForcibly();
                ChildInfo third = next.await(
                        "worker", child -> child.state() == ChildStateCode.READY && child.incarnation() == 3);
                assertEquals(again.standbys().get(0).pid(), third.pid(), next.stderr());
                ChildInfo served = next.await("worker", RootKilledAtAssignmentTest::isServed);
                assertEquals(0, next.stop(), next.stderr());
                assertFalse(RootProcess.isAlive(served.standbys().get(0).pid()));
            }
        }
    }

    /** Until it has read its line, and put away what it had that from. */
    private void awaitRun(long standby) throws Exception {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        Path hold = Path.of("/proc/" + standby + "/fd/0");
        while (!Files.readSymbolicLink(hold).equals(Path.of("/dev/null"))) {
            assertTrue(System.nanoTime() < endNs, "the standby waits on");
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    /** Each root records what it was left anew: also what only its successor will ask for. */
    @Test
    void shouldLeaveItsStandbyToRootAfterRoot() throws Exception {
        try (RootProcess first = RootProcess.start(base, worker())) {
            ChildInfo before = first.await("worker", RootKilledAtAssignmentTest::isServed);
            first.process.destroyForcibly().waitFor();
            try (RootProcess second = RootProcess.start(base, worker())) {
                second.awaitEvent(EventType.ADOPTED, "standby");
                assertEquals(
                        before.standbys(), second.await("worker", child -> true).standbys());
                second.process.destroyForcibly().waitFor();
                try (RootProcess third = RootProcess.start(base, worker())) {
                    third.awaitEvent(EventType.ADOPTED, "standby");
                    ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly();
                    ChildInfo after = third.await(
                            "worker", child -> child.state() == ChildStateCode.READY && child.incarnation() == 2);
                    assertEquals(before.standbys().get(0).pid(), after.pid(), third.stderr());
                    assertEquals(0, third.stop(), third.stderr());
                }
            }
        }
    }
}
