package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootSnapshot;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlans;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import io.coppice.supervisor.plan.StartTimeouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another plan under a real root: what is the same in both does not notice. */
class RootReloadTest {
    private static final String FOREVER = "while :; do sleep 1000; done";

    @TempDir
    Path base;

    private static boolean isReady(RootSnapshot.ChildInfo child) {
        return child.state() == ChildStateCode.READY;
    }

    private ChildPlan command(String name, long launch, Dependency... dependsOn) {
        ChildPlan plan = RootProcess.command(name, base, FOREVER, -1, Backoff.NONE, dependsOn);
        return launchedAs(plan, launch);
    }

    private static ChildPlan launchedAs(ChildPlan plan, long launch) {
        return plan.toBuilder().launch(launch).plan();
    }

    static Plan plan(RootProcess root, ChildPlan... children) {
        String directory = root.directory.toString();
        return new Plan(
                "test",
                "/test.yaml",
                directory,
                directory,
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(children));
    }

    static String reload(RootProcess root, Plan plan) throws Exception {
        return reload(root, plan, recorded(root));
    }

    private static String reload(RootProcess root, Plan plan, Plan base) throws IOException {
        Files.writeString(root.directory.resolve("plan-a1.next"), PlanText.write(plan));
        return root.request("coppice/1 reload plan-a1.next " + PlanText.fingerprint(base));
    }

    /** What the root runs by. */
    private static Plan recorded(RootProcess root) throws Exception {
        return PlanText.read(Files.readString(root.directory.resolve("plan")));
    }

    static void awaitPlan(RootProcess root, Plan plan) throws Exception {
        Path record = root.directory.resolve("plan");
        root.awaitSnapshot("the record of the new plan", snapshot -> {
            try {
                return Files.readString(record).equals(PlanText.write(plan));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    @Test
    void shouldTouchOnlyWhatHasChanged() throws Exception {
        try (RootProcess root =
                RootProcess.start(base, command("gone", 0), command("stays", 0), command("changes", 0))) {
            RootSnapshot.ChildInfo gone = root.await("gone", RootReloadTest::isReady);
            RootSnapshot.ChildInfo stays = root.await("stays", RootReloadTest::isReady);
            RootSnapshot.ChildInfo changes = root.await("changes", RootReloadTest::isReady);
            Plan next = plan(root, command("added", 0), command("changes", 1), command("stays", 0));

            assertEquals("ok\n", reload(root, next), root.stderr());
            awaitPlan(root, next);
            RootSnapshot after = root.awaitSnapshot(
                    "all of the new plan",
                    snapshot -> snapshot.children().stream().allMatch(RootReloadTest::isReady)
                            && snapshot.child("changes").orElseThrow().incarnation() > changes.incarnation());

            assertEquals(
                    List.of("added", "changes", "stays"),
                    after.children().stream().map(RootSnapshot.ChildInfo::name).toList());
            assertEquals(stays.pid(), after.child("stays").orElseThrow().pid());
            assertEquals(1, after.child("stays").orElseThrow().incarnation());
            assertFalse(RootProcess.isAlive(gone.pid()));
            assertFalse(RootProcess.isAlive(changes.pid()));
            assertEquals(0, after.child("changes").orElseThrow().restarts(), "it did not die, it was asked to");
            RootSnapshot.EventInfo told = after.events().stream()
                    .filter(event -> event.type() == EventType.STOPPED)
                    .findFirst()
                    .orElseThrow();
            assertEquals("gone", told.child().orElseThrow(), "events keep the name that a child had");

            // What the new tables say is what is watched: each death is still told of the right child.
            ProcessHandle.of(stays.pid()).orElseThrow().destroyForcibly();
            RootSnapshot.ChildInfo again = root.await("stays", child -> isReady(child) && child.incarnation() == 2);
            assertEquals(1, again.restarts());
            assertEquals("ok 1\n", root.request("coppice/1 stop added"));
            root.await("added", child -> child.state() == ChildStateCode.STOPPED);
            assertEquals(0, root.stop(), root.stderr());
            assertFalse(RootProcess.isAlive(again.pid()));
        }
    }

    @Test
    void shouldStopWhatGoesInReverseOrder() throws Exception {
        String tells = "trap 'echo %1$s >>order; exit 0' TERM; echo up >%1$s.up; while :; do sleep 0.05; done";
        try (RootProcess root = RootProcess.start(
                base,
                RootProcess.command("db", base, tells.formatted("db")),
                RootProcess.command(
                        "web", base, tells.formatted("web"), new Dependency("db", Dependency.Condition.READY)),
                command("stays", 0))) {
            for (String name : List.of("db", "web")) {
                root.awaitSnapshot("the trap of " + name, snapshot -> RootProcess.hasLine(base.resolve(name + ".up")));
            }
            Plan next = plan(root, command("stays", 0));

            assertEquals("ok\n", reload(root, next), root.stderr());
            awaitPlan(root, next);

            assertEquals(List.of("web", "db"), Files.readAllLines(base.resolve("order")));
        }
    }

    /** Else it would come back, and the reload, and every later one, wait for ever. */
    @Test
    void shouldStopOnceMoreWhatIsStartedWhileItGoes() throws Exception {
        String waits =
                "trap 'while [ ! -e go ]; do sleep 0.02; done; exit 0' TERM; echo up >up; while :; do sleep 0.02; done";
        try (RootProcess root =
                RootProcess.start(base, command("stays", 0), RootProcess.command("gone", base, waits))) {
            root.awaitSnapshot("the trap", snapshot -> RootProcess.hasLine(base.resolve("up")));
            Plan next = plan(root, command("stays", 0));
            assertEquals("ok\n", reload(root, next), root.stderr());
            root.await("gone", child -> child.state() == ChildStateCode.STOPPING);

            assertEquals("ok 1\n", root.request("coppice/1 start gone"));
            Files.createFile(base.resolve("go"));

            awaitPlan(root, next);
        }
    }

    /** No operator asked for these stops. */
    @Test
    void shouldTellWhyItStopsWhatThePlanDoesNotGoOnWith() throws Exception {
        try (RootProcess root = RootProcess.start(base, command("stays", 0), command("gone", 0), command("turns", 0))) {
            RootSnapshot.ChildInfo turns = root.await("turns", RootReloadTest::isReady);
            root.await("gone", RootReloadTest::isReady);
            Plan next = plan(root, command("stays", 0), daemon(command("turns", 0)));

            assertEquals("ok\n", reload(root, next), root.stderr());
            root.awaitEvent(EventType.STOP_REQUESTED, "by a reload: the new plan has it no more");
            root.awaitEvent(EventType.STOPPING, "signal TERM");
            root.awaitEvent(
                    EventType.STOP_REQUESTED,
                    "by a reload: its kind is another one in the new plan, so it is stopped first");
            root.await("turns", child -> child.kind() == ChildKind.DAEMON);
            assertFalse(RootProcess.isAlive(turns.pid()));

            assertEquals("ok 1\n", root.request("coppice/1 stop stays"));
            RootSnapshot.EventInfo asked = root
                    .awaitSnapshot(
                            "stays",
                            snapshot -> snapshot.child("stays").orElseThrow().state() == ChildStateCode.STOPPED)
                    .events()
                    .stream()
                    .filter(event -> event.type() == EventType.STOP_REQUESTED
                            && event.child().orElseThrow().equals("stays"))
                    .findFirst()
                    .orElseThrow();
            assertEquals("", asked.text(), "an operator's");
            assertEquals(0, root.stop(), root.stderr());
        }
    }

    /** Two people read what there is, and each makes a plan of it: the second one's would undo what the first one had done. */
    @Test
    void shouldNotTakeAPlanThatWasMadeFromAnEarlierOne() throws Exception {
        try (RootProcess root = RootProcess.start(base, command("web", 0))) {
            root.await("web", RootReloadTest::isReady);
            Plan read = recorded(root);
            Plan first = plan(root, command("web", 0), command("first", 0));
            assertEquals("ok\n", reload(root, first, read));
            awaitPlan(root, first);

            assertEquals(
                    "later the plan was changed meanwhile, by another reload or scale; run the command again\n",
                    reload(root, plan(root, command("web", 0), command("second", 0)), read));
            assertEquals(first, recorded(root));
            root.await("first", RootReloadTest::isReady);

            Plan both = plan(root, command("web", 0), command("first", 0), command("second", 0));
            assertEquals("ok\n", reload(root, both), "one that is refused is in nobody's way");
            awaitPlan(root, both);
            String asBefore = root.request("coppice/1 reload plan-a1.next");
            assertTrue(asBefore.startsWith("error 2 reload: expected FILE BASE"), asBefore);
        }
    }

    @Test
    void shouldChangeNothingWhenThePlanCannotBeHad() throws Exception {
        try (RootProcess root = RootProcess.start(base, command("web", 0))) {
            RootSnapshot.ChildInfo web = root.await("web", RootReloadTest::isReady);
            String before = Files.readString(root.directory.resolve("plan"));
            Plan elsewhere = new Plan(
                    "test",
                    "/test.yaml",
                    root.directory.toString(),
                    "/elsewhere",
                    NoticeCommand.NONE,
                    List.of(GroupPlan.INSTANCE),
                    List.of(),
                    List.of());
            String refused = root.request("coppice/1 reload plan-none.next " + PlanText.fingerprint(recorded(root)));
            assertTrue(refused.startsWith("error 1 cannot read the new plan"), refused);
            refused = reload(root, elsewhere);
            assertTrue(refused.startsWith("error 2 the directory of the segments is "), refused);
            Files.writeString(root.directory.resolve("plan-a1.next"), "coppice-plan 2\nend 00000000\n");
            refused = root.request("coppice/1 reload plan-a1.next " + PlanText.fingerprint(recorded(root)));
            assertTrue(refused.startsWith("error 2 "), refused);
            Files.writeString(root.directory.resolve("taken.seg"), "somebody else's");
            refused = reload(
                    root, plan(root, command("web", 1), daemon(command("first", 0)), daemon(command("taken", 0))));
            assertTrue(refused.startsWith("error 1 "), refused);
            assertTrue(refused.contains("taken.seg"), refused);

            assertFalse(Files.exists(root.directory.resolve("first.seg")), "all that is new, or nothing");
            assertEquals("somebody else's", Files.readString(root.directory.resolve("taken.seg")));
            assertEquals(before, Files.readString(root.directory.resolve("plan")));
            assertEquals(web.pid(), root.await("web", RootReloadTest::isReady).pid());
            assertEquals(1, root.await("web", RootReloadTest::isReady).incarnation());
            Plan next = plan(root, command("web", 1));
            assertEquals("ok\n", reload(root, next), "one that is refused is in nobody's way");
            root.await("web", child -> isReady(child) && child.incarnation() == 2);
        }
    }

    /** A daemon of that name which never says anything. */
    static ChildPlan daemon(ChildPlan like) {
        return ChildPlans.daemon(like.name())
                .argv(like.argv())
                .environment(like.environment())
                .workingDirectory(like.workingDirectory())
                .heartbeatTimeoutMs(1_000)
                .startTimeouts(StartTimeouts.of(1_000))
                .restart(like.restart())
                .maxRestarts(like.maxRestarts())
                .backoff(like.backoff())
                .shutdown(like.shutdown())
                .plan();
    }

    @Test
    void shouldGoOnWithTheNewPlanWhenTheRootIsKilledAfterAReload() throws Exception {
        RootSnapshot.ChildInfo stays;
        RootSnapshot.ChildInfo changes;
        try (RootProcess root =
                RootProcess.start(base, command("gone", 0), command("stays", 0), command("changes", 0))) {
            stays = root.await("stays", RootReloadTest::isReady);
            root.await("changes", RootReloadTest::isReady);
            Plan next = plan(root, command("changes", 1), command("stays", 0));
            assertEquals("ok\n", reload(root, next), root.stderr());
            changes = root.await("changes", child -> isReady(child) && child.incarnation() == 2);
            root.process.destroyForcibly();
            root.awaitExit();
            try (RootProcess successor = RootProcess.start(base, command("changes", 1), command("stays", 0))) {
                successor.awaitSnapshot(
                        "the successor",
                        snapshot -> snapshot.root()
                                        .filter(info -> info.pid() == successor.process.pid())
                                        .isPresent()
                                && snapshot.children().stream().allMatch(RootReloadTest::isReady));
                assertEquals(
                        stays.pid(),
                        successor.await("stays", RootReloadTest::isReady).pid());
                assertEquals(
                        changes.pid(),
                        successor.await("changes", RootReloadTest::isReady).pid());
                assertEquals(0, successor.stop(), successor.stderr());
            }
        }
    }
}
