package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.OwnedSegment;
import io.coppice.state.Phase;
import io.coppice.state.SegmentFile;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.WantedCode;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jnr.ffi.LibraryLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real roots that are killed, and real successors, over real plain commands. */
class RootAdoptionTest {
    private static final String FOREVER = "while :; do sleep 1000; done";

    private static final int PR_SET_CHILD_SUBREAPER = 36;

    @TempDir
    Path base;

    private static boolean isReady(RootSnapshot.ChildInfo child) {
        return child.state() == ChildStateCode.READY;
    }

    private static void kill(RootProcess root) throws InterruptedException, IOException {
        root.process.destroyForcibly();
        root.awaitExit();
    }

    /** It has looked at every process on record: until then it shows what its predecessor had recorded. */
    private static RootSnapshot begun(RootProcess root) throws Exception {
        return root.awaitSnapshot(
                "the root has begun",
                snapshot -> snapshot.root()
                                .filter(r -> r.pid() == root.process.pid())
                                .isPresent()
                        && snapshot.events().stream()
                                        .filter(event -> event.type() == EventType.ROOT_STARTED)
                                        .count()
                                == 2);
    }

    private static RootSnapshot.ChildInfo taken(RootProcess root, String child) throws Exception {
        begun(root);
        return root.await(child, RootAdoptionTest::isReady);
    }

    @Test
    void shouldTakeOverWhatRunsAsItIs() throws Exception {
        ChildPlan[] plans = {
            RootProcess.command("web", base, FOREVER), RootProcess.command("db", base, "echo up >>db.up; " + FOREVER)
        };
        try (RootProcess first = RootProcess.start(base, plans)) {
            ProcessHandle.of(first.await("web", RootAdoptionTest::isReady).pid())
                    .orElseThrow()
                    .destroyForcibly();
            RootSnapshot.ChildInfo web = first.await("web", child -> isReady(child) && child.incarnation() == 2);
            RootSnapshot.ChildInfo db = first.await("db", RootAdoptionTest::isReady);
            kill(first);

            try (RootProcess second = RootProcess.start(base, plans)) {
                RootSnapshot.ChildInfo webAfter = taken(second, "web");
                RootSnapshot.ChildInfo dbAfter = taken(second, "db");
                assertEquals(web.pid(), webAfter.pid());
                assertEquals(2, webAfter.incarnation());
                assertEquals(1, webAfter.restarts());
                assertEquals(web.failureCount(), webAfter.failureCount());
                assertEquals(web.lastExit(), webAfter.lastExit());
                assertEquals(web.spawnedAtNs(), webAfter.spawnedAtNs());
                assertEquals(db.pid(), dbAfter.pid());
                assertEquals(List.of("up"), Files.readAllLines(base.resolve("db.up")));
                assertTrue(begun(second).events().stream()
                        .anyMatch(event -> event.type() == EventType.ADOPTED && event.pid() == web.pid()));

                // The death of a child that is none of ours is noticed like any other, with its group.
                ProcessHandle.of(webAfter.pid()).orElseThrow().destroyForcibly();
                RootSnapshot.ChildInfo third = second.await("web", child -> isReady(child) && child.incarnation() == 3);
                assertEquals(2, third.restarts());
                assertEquals(0, second.stop(), second.stderr());
                assertFalse(RootProcess.isAlive(db.pid()));
                assertFalse(RootProcess.isAlive(third.pid()));
            }
        }
    }

    @Test
    void shouldRestartWhatDiedWhileThereWasNoRoot() throws Exception {
        ChildPlan web = RootProcess.command("web", base, "sleep 1000 & echo $! >helper.$$; wait");
        try (RootProcess first = RootProcess.start(base, web)) {
            RootSnapshot.ChildInfo before = first.await("web", RootAdoptionTest::isReady);
            Path file = base.resolve("helper." + before.pid());
            first.awaitSnapshot("the helper", snapshot -> RootProcess.hasLine(file));
            long helper = Long.parseLong(Files.readString(file).strip());
            kill(first);
            ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly();
            awaitDeath(before.pid());
            assertTrue(RootProcess.isAlive(helper));

            try (RootProcess second = RootProcess.start(base, web)) {
                RootSnapshot.ChildInfo after = second.await("web", child -> isReady(child) && child.incarnation() == 2);
                assertEquals(1, after.restarts());
                // When its new parent takes its status, if ever, is not ours to say.
                String text = after.lastExit().orElseThrow().text();
                assertTrue(
                        List.of(
                                        "unknown: it ended while unsupervised",
                                        "unknown: the kernel could not tell",
                                        "signal KILL")
                                .contains(text),
                        text);
                assertFalse(RootProcess.isAlive(helper), "what it left was still there when its successor started");
                assertEquals(0, second.stop(), second.stderr());
            }
        }
    }

    public interface Prctl {
        int prctl(int option, long value);
    }

    /** Its new parent, here this test, reaps nobody. */
    @Test
    void shouldNotRunAgainWhatCompletedWhileThereWasNoRoot() throws Exception {
        Prctl libc = LibraryLoader.create(Prctl.class).load("c");
        ChildPlan task = RootProcess.command("task", base, "until [ -e done ]; do sleep 0.01; done");
        assertEquals(0, libc.prctl(PR_SET_CHILD_SUBREAPER, 1));
        try (RootProcess first = RootProcess.start(base, task)) {
            RootSnapshot.ChildInfo before = first.await("task", RootAdoptionTest::isReady);
            kill(first);
            Files.createFile(base.resolve("done"));
            awaitDeath(before.pid());

            try (RootProcess second = RootProcess.start(base, task)) {
                RootSnapshot.ChildInfo after =
                        second.await("task", child -> child.lastExit().isPresent());
                assertEquals("exit code 0", after.lastExit().orElseThrow().text());
                assertEquals(1, after.incarnation());
                assertEquals(0, second.awaitExit(), second.stderr());
            }
            assertTrue(new ProcessTable().reapUnwatched((int) before.pid()));
        } finally {
            assertEquals(0, libc.prctl(PR_SET_CHILD_SUBREAPER, 0));
        }
    }

    /** With a restart it would do everything again. */
    @Test
    void shouldNotRunADaemonAgainThatSaidItWasDoneWhileThereWasNoRoot() throws Exception {
        ChildPlan job =
                RootReloadTest.daemon(RootProcess.command("job", base, "until [ -e done ]; do sleep 0.01; done"));
        Prctl libc = LibraryLoader.create(Prctl.class).load("c");
        assertEquals(0, libc.prctl(PR_SET_CHILD_SUBREAPER, 1));
        try (RootProcess first = RootProcess.start(base, job)) {
            RootSnapshot.ChildInfo before = first.await("job", child -> child.pid() > 1);
            try (OwnedSegment segment = owned(first, "job", before)) {
                segment.recover();
                segment.phase(Phase.READY);
                first.await("job", RootAdoptionTest::isReady);
                kill(first);
                segment.phase(Phase.COMPLETED);
            }
            Files.createFile(base.resolve("done"));
            reap(before.pid());

            try (RootProcess second = RootProcess.start(base, job)) {
                RootSnapshot.ChildInfo after =
                        second.await("job", child -> child.lastExit().isPresent());
                assertEquals(
                        "exit code 0: nobody saw it end; by its own word it was done",
                        after.lastExit().orElseThrow().text());
                assertEquals(1, after.incarnation());
                assertEquals(0, second.awaitExit(), second.stderr());
            }
        } finally {
            assertEquals(0, libc.prctl(PR_SET_CHILD_SUBREAPER, 0));
        }
    }

    /** Its new parent, here this test, takes its status, so that nobody knows it any more. */
    private static void reap(long pid) throws InterruptedException {
        awaitDeath(pid);
        assertTrue(new ProcessTable().reapUnwatched((int) pid));
    }

    /** Its exit code is lost; that it ended in order is not. */
    @Test
    void shouldTellHowADaemonSaysItEndedWhileThereWasNoRoot() throws Exception {
        ChildPlan db = RootReloadTest.daemon(RootProcess.command("db", base, FOREVER));
        Prctl libc = LibraryLoader.create(Prctl.class).load("c");
        assertEquals(0, libc.prctl(PR_SET_CHILD_SUBREAPER, 1));
        try (RootProcess first = RootProcess.start(base, db)) {
            RootSnapshot.ChildInfo before = first.await("db", child -> child.pid() > 1);
            try (OwnedSegment segment = owned(first, "db", before)) {
                segment.recover();
                segment.phase(Phase.READY);
                first.await("db", RootAdoptionTest::isReady);
                kill(first);
                segment.phase(Phase.STOPPING);
                segment.lastWords("it ended in order");
            }
            ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly();
            reap(before.pid());

            try (RootProcess second = RootProcess.start(base, db)) {
                RootSnapshot.ChildInfo after =
                        second.await("db", child -> child.lastExit().isPresent());
                assertEquals(
                        "unknown: it ended while unsupervised; its last words: it ended in order",
                        after.lastExit().orElseThrow().text());
                assertEquals(0, second.stop(), second.stderr());
            }
        } finally {
            assertEquals(0, libc.prctl(PR_SET_CHILD_SUBREAPER, 0));
        }
    }

    private static OwnedSegment owned(RootProcess root, String child, RootSnapshot.ChildInfo info) throws Exception {
        return SegmentFile.openOwned(
                root.directory.resolve(child + ".seg"),
                root.directory.resolve(child + ".lock"),
                info.pid(),
                info.incarnation());
    }

    private static boolean hasStopped(RootSnapshot snapshot, String name) {
        return snapshot.events().stream()
                .anyMatch(event -> event.type() == EventType.STOPPED
                        && event.child().filter(name::equals).isPresent());
    }

    /** It would run beside whatever comes in its place, and nobody would know of it. */
    @Test
    void shouldLeaveNothingOfTheGroupsOfWhatThePlanLacks() throws Exception {
        String deafHelper =
                "sh -c 'trap \"\" TERM; echo $$ >helper.$0; while :; do sleep 0.1; done' %s & exec sleep 1000";
        ChildPlan stays = RootProcess.command("stays", base, FOREVER);
        try (RootProcess first = RootProcess.start(
                base,
                stays,
                RootProcess.command("alive", base, deafHelper.formatted("alive")),
                RootProcess.command("dead", base, deafHelper.formatted("dead")))) {
            List<Long> helpers = new ArrayList<>();
            for (String name : List.of("alive", "dead")) {
                Path file = base.resolve("helper." + name);
                first.awaitSnapshot("the helper of " + name, snapshot -> RootProcess.hasLine(file));
                helpers.add(Long.parseLong(Files.readString(file).strip()));
            }
            long dead = first.await("dead", RootAdoptionTest::isReady).pid();
            kill(first);
            ProcessHandle.of(dead).orElseThrow().destroyForcibly();
            awaitDeath(dead);

            try (RootProcess second = RootProcess.start(base, stays)) {
                begun(second);
                for (String name : List.of("alive", "dead")) {
                    second.awaitSnapshot("the end of " + name, snapshot -> hasStopped(snapshot, name));
                }
                for (long helper : helpers) {
                    assertFalse(RootProcess.isAlive(helper), second.stderr());
                }
                assertEquals(0, second.stop(), second.stderr());
            } finally {
                helpers.forEach(helper -> ProcessHandle.of(helper).ifPresent(ProcessHandle::destroyForcibly));
            }
        }
    }

    /** With the record an operator may have moved the only one who knew the incarnations away: a segment knows its own. */
    @Test
    void shouldNotUseIncarnationsAgainWhenTheRecordIsGone() throws Exception {
        ChildPlan db = RootReloadTest.daemon(RootProcess.command("db", base, FOREVER));
        Path directory;
        try (RootProcess first = RootProcess.start(base, db)) {
            first.await("db", child -> child.pid() > 1);
            directory = first.directory;
            assertEquals(0, first.stop(), first.stderr());
        }
        try (OwnedSegment owned =
                SegmentFile.openOwned(directory.resolve("db.seg"), directory.resolve("db.lock"), 1, 7)) {
            assertEquals(7, owned.incarnation());
        }
        Files.delete(directory.resolve("root.seg"));

        try (RootProcess second = RootProcess.start(base, db)) {
            long again = second.await("db", child -> child.pid() > 1).incarnation();
            assertTrue(again > 7, "incarnation " + again);
        }
    }

    /** The command that runs has no segment which could be gone: it is stopped like what the plan lacks. */
    @Test
    void shouldMakeADaemonOfWhatWasACommand() throws Exception {
        ChildPlan command = RootProcess.command("db", base, FOREVER);
        try (RootProcess first = RootProcess.start(base, command)) {
            long before = first.await("db", RootAdoptionTest::isReady).pid();
            kill(first);

            try (RootProcess second = RootProcess.start(base, RootReloadTest.daemon(command))) {
                second.await("db", child -> child.incarnation() > 1 && child.pid() > 1);
                assertFalse(RootProcess.isAlive(before));
                assertEquals(0, second.stop(), second.stderr());
            }
        }
    }

    @Test
    void shouldHonourWhatOperatorsWantAndWhatWasGivenUp() throws Exception {
        Backoff hours = new Backoff(600_000, 2, 600_000, 600_000, 0);
        ChildPlan[] plans = {
            RootProcess.command("web", base, FOREVER),
            RootProcess.command("broken", base, "exit 7", 0, Backoff.NONE),
            RootProcess.command("later", base, "exit 8", 5, hours)
        };
        try (RootProcess first = RootProcess.start(base, plans)) {
            first.await("web", RootAdoptionTest::isReady);
            assertEquals("ok 1\n", first.request("coppice/1 stop web"));
            first.await("web", child -> child.state() == ChildStateCode.STOPPED);
            first.await("broken", child -> child.state() == ChildStateCode.FAILED);
            RootSnapshot.ChildInfo later = first.await("later", child -> child.state() == ChildStateCode.BACKOFF);
            kill(first);

            try (RootProcess second = RootProcess.start(base, plans)) {
                RootSnapshot snapshot = begun(second);
                RootSnapshot.ChildInfo web = snapshot.child("web").orElseThrow();
                assertEquals(ChildStateCode.STOPPED, web.state());
                assertEquals(WantedCode.DOWN, web.wanted());
                assertEquals(
                        ChildStateCode.FAILED,
                        snapshot.child("broken").orElseThrow().state());
                RootSnapshot.ChildInfo laterAfter = snapshot.child("later").orElseThrow();
                assertEquals(ChildStateCode.BACKOFF, laterAfter.state());
                assertEquals(later.backoffUntilNs(), laterAfter.backoffUntilNs());
                assertEquals(later.failureCount(), laterAfter.failureCount());
                assertEquals(later.incarnation(), laterAfter.incarnation());
                assertEquals(0, second.stop(), second.stderr());
            }
        }
    }

    @Test
    void shouldStopWhatTheNewManifestDoesNotHave() throws Exception {
        ChildPlan web = RootProcess.command("web", base, FOREVER);
        try (RootProcess first = RootProcess.start(base, web, RootProcess.command("old", base, FOREVER))) {
            long webPid = first.await("web", RootAdoptionTest::isReady).pid();
            long oldPid = first.await("old", RootAdoptionTest::isReady).pid();
            kill(first);

            try (RootProcess second = RootProcess.start(base, web)) {
                assertEquals(webPid, taken(second, "web").pid());
                awaitDeath(oldPid); // as of a reload, it is told to end when the root has begun
                assertEquals(0, second.stop(), second.stderr());
            }
        }
    }

    /** While it waits for the end of what the plan has no more; what it has still to take over would be left to nobody. */
    @Test
    void shouldStopWhatItTakesOverWhenItIsAskedToEndBeforeThat() throws Exception {
        ChildPlan web = RootProcess.command("web", base, FOREVER);
        ChildPlan old = RootProcess.command(
                "old",
                base,
                "trap 'touch asked; until [ -e go ]; do sleep 0.01; done; exit 0' TERM; echo up >old.up;"
                        + " while :; do sleep 0.01; done");
        ChildPlan fresh = RootProcess.command("fresh", base, FOREVER);
        try (RootProcess first = RootProcess.start(base, web, old)) {
            long pid = first.await("web", RootAdoptionTest::isReady).pid();
            first.awaitCondition("old has set its trap", () -> RootProcess.hasLine(base.resolve("old.up")));
            kill(first);
            // Without it the next one stops what it has no more before it takes anything over.
            Files.delete(first.directory.resolve("plan"));

            try (RootProcess second = RootProcess.start(base, web, fresh)) {
                second.awaitCondition("it is about to stop what is left", () -> Files.exists(base.resolve("asked")));
                second.process.destroy();
                Files.createFile(base.resolve("go"));
                assertEquals(0, second.awaitExit(), second.stderr());
                assertFalse(RootProcess.isAlive(pid));
                RootSnapshot end = second.awaitSnapshot("the end", snapshot -> true);
                assertEquals(0, end.child("fresh").orElseThrow().incarnation(), "nothing is launched any more");
            }
        }
    }

    private static void awaitDeath(long pid) throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(RootProcess.WATCHDOG_SECONDS);
        while (RootProcess.isAlive(pid) && System.nanoTime() < endNs) {
            TimeUnit.MILLISECONDS.sleep(2);
        }
        assertFalse(RootProcess.isAlive(pid));
    }
}
