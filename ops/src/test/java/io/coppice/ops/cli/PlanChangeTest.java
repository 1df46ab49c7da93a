package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.AutoShutdown;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlanBuilder;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Membership;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.ProbeCheck;
import io.coppice.supervisor.plan.Probes;
import io.coppice.supervisor.plan.ReplicaSet;
import io.coppice.supervisor.plan.RestartPolicy;
import io.coppice.supervisor.plan.Strategy;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanChangeTest {
    private static ChildPlan command(String name, String program, RestartPolicy restart, long launch) {
        return new ChildPlanBuilder(name, ChildPlan.Kind.COMMAND)
                .argv(List.of(program))
                .restart(restart)
                .launch(launch)
                .plan();
    }

    private static Plan plan(ChildPlan... children) {
        return new Plan(
                "shop",
                "/shop.yaml",
                "/shop",
                "/shop",
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(children));
    }

    private static ChildPlan daemon() {
        return new ChildPlanBuilder("thumbs", ChildPlan.Kind.DAEMON)
                .argv(List.of("/a"))
                .stateBytes(1 << 20)
                .plan();
    }

    private static ChildPlan slot(int number, long timeoutMs, long launch) {
        return new ChildPlanBuilder("thumbs@" + number, ChildPlan.Kind.TRANSACTION)
                .argv(List.of("/a"))
                .stateBytes(1 << 20)
                .maxRestarts(3)
                .dependsOn(List.of(new Dependency("thumbs", Dependency.Condition.STARTED)))
                .launch(launch)
                .timeoutMs(timeoutMs)
                .plan();
    }

    /** They are alike; and nobody waits for one to be ready. */
    @Test
    void shouldTellOnceWhatHappensToAllSlotsOfADaemon() {
        Plan none = plan(daemon());
        Plan present = plan(daemon(), slot(1, 5, 1), slot(2, 5, 1));
        assertEquals(
                List.of("1 daemon unchanged"),
                PlanChange.between(present, present).lines());
        assertTrue(PlanChange.between(present, present).isEmpty());
        PlanChange anew = PlanChange.between(present, plan(daemon(), slot(1, 5, 2), slot(2, 5, 2)));
        assertEquals(List.of("thumbs@transactions: started anew", "1 other unchanged"), anew.lines());
        assertEquals(List.of(), anew.started());
        assertFalse(anew.isEmpty());
        assertEquals(
                List.of("thumbs@transactions: new rules, not restarted", "1 other unchanged"),
                PlanChange.between(present, plan(daemon(), slot(1, 6, 1), slot(2, 6, 1)))
                        .lines());
        assertEquals(
                List.of("thumbs@transactions: added", "1 other unchanged"),
                PlanChange.between(none, present).lines());
        assertEquals(
                List.of("thumbs@transactions: removed", "1 other unchanged"),
                PlanChange.between(present, none).lines());
        assertEquals(
                List.of("thumbs@transactions: new rules, not restarted", "1 other unchanged"),
                PlanChange.between(present, plan(daemon(), slot(1, 5, 1))).lines());
    }

    @Test
    void shouldTellWhatHappensToEach() {
        Plan present = plan(
                command("gone", "/a", RestartPolicy.ALWAYS, 1),
                command("same", "/a", RestartPolicy.ALWAYS, 1),
                command("other", "/a", RestartPolicy.ALWAYS, 1),
                command("calm", "/a", RestartPolicy.ALWAYS, 1));
        Plan next = plan(
                command("fresh", "/a", RestartPolicy.ALWAYS, 1),
                // Another build of ours may start it by another command line; the manifest says the same.
                command("same", "/b", RestartPolicy.ALWAYS, 1),
                command("other", "/a", RestartPolicy.ALWAYS, 2),
                command("calm", "/a", RestartPolicy.NEVER, 1));
        PlanChange change = PlanChange.between(present, next);
        assertEquals(
                List.of(
                        "fresh: added",
                        "other: started anew",
                        "calm: new rules, not restarted",
                        "gone: removed",
                        "1 other unchanged"),
                change.lines());
        assertEquals(List.of("fresh", "other"), change.started());
        assertEquals(
                List.of("4 daemons unchanged"),
                PlanChange.between(present, present).lines());
    }

    /** As the root's core does: along the dependencies, over all that lies between, under the plan by which something ends. */
    @Test
    void shouldTellWhoIsRestartedWithWhatChanges() {
        Plan present = plan(
                command("db", "/a", RestartPolicy.ALWAYS, 1),
                command("cache", "/a", RestartPolicy.ALWAYS, 1),
                after("api", "db", true, 1),
                after("web", "api", true, 1),
                after("loose", "db", false, 1),
                after("far", "loose", true, 1),
                after("left", "cache", true, 1));
        Plan next = plan(
                command("db", "/a", RestartPolicy.ALWAYS, 2),
                after("api", "db", true, 1),
                after("web", "api", true, 1),
                after("loose", "db", false, 1),
                after("far", "loose", true, 1),
                command("left", "/a", RestartPolicy.ALWAYS, 1));
        PlanChange change = PlanChange.between(present, next);
        assertEquals(
                List.of(
                        "db: started anew",
                        "api: restarted with db",
                        "web: restarted with api",
                        "left: new rules, restarted with cache",
                        "cache: removed",
                        "2 others unchanged"),
                change.lines());
        assertEquals(
                "{\"instance\":\"shop\",\"dry_run\":true,\"daemons\":["
                        + "{\"name\":\"db\",\"change\":\"started-anew\"},"
                        + "{\"name\":\"api\",\"change\":\"unchanged\",\"restarted_with\":\"db\"},"
                        + "{\"name\":\"web\",\"change\":\"unchanged\",\"restarted_with\":\"api\"},"
                        + "{\"name\":\"loose\",\"change\":\"unchanged\"},"
                        + "{\"name\":\"far\",\"change\":\"unchanged\"},"
                        + "{\"name\":\"left\",\"change\":\"new-rules\",\"restarted_with\":\"cache\"},"
                        + "{\"name\":\"cache\",\"change\":\"removed\"}],\"replicas\":[],\"notify_changed\":false}",
                change.json("shop", true));
        assertEquals(List.of("db"), change.started());
        assertEquals(List.of("api", "web", "left"), change.restartedAlong());
    }

    private static ChildPlan after(String name, String on, boolean restart, long launch) {
        return command(name, "/a", RestartPolicy.ALWAYS, launch).toBuilder()
                .dependsOn(List.of(new Dependency(on, Dependency.Condition.READY, restart)))
                .plan();
    }

    @Test
    void shouldTakeTheRulesOfAGroupForThoseOfItsMembers() {
        ChildPlan alone = command("alone", "/a", RestartPolicy.ALWAYS, 1);
        PlanChange change = PlanChange.between(
                new Plan(
                        "shop",
                        "/shop.yaml",
                        "/shop",
                        "/shop",
                        NoticeCommand.NONE,
                        groups(5),
                        List.of(),
                        List.of(alone, member("web"))),
                new Plan(
                        "shop",
                        "/shop.yaml",
                        "/shop",
                        "/shop",
                        NoticeCommand.NONE,
                        groups(6),
                        List.of(),
                        List.of(alone, member("web"))));
        assertEquals(List.of("web: new rules, not restarted", "1 other unchanged"), change.lines());
    }

    @Test
    void shouldTellThatSomebodyElseIsTold() {
        ChildPlan same = command("same", "/a", RestartPolicy.ALWAYS, 1);
        Plan present = plan(same);
        Plan next = new Plan(
                "shop",
                "/shop.yaml",
                "/shop",
                "/shop",
                new NoticeCommand(List.of("/bin/page"), 1_000),
                present.groups(),
                List.of(),
                List.of(same));
        PlanChange change = PlanChange.between(present, next);
        assertEquals(List.of("1 daemon unchanged", "notify: another command, or another time for it"), change.lines());
        assertTrue(
                change.json("shop", true).endsWith("\"replicas\":[],\"notify_changed\":true}"),
                change.json("shop", true));
        assertTrue(PlanChange.between(present, present).json("shop", true).endsWith("\"notify_changed\":false}"));
        assertFalse(change.isEmpty());
    }

    private static List<GroupPlan> groups(int maxRestarts) {
        return List.of(
                GroupPlan.INSTANCE,
                new GroupPlan(
                        "edge",
                        Strategy.ONE_FOR_ALL,
                        maxRestarts,
                        1,
                        Backoff.NONE,
                        AutoShutdown.NEVER,
                        new Membership(GroupPlan.OUTERMOST, false, true)));
    }

    private static ChildPlan member(String name) {
        return command(name, "/a", RestartPolicy.ALWAYS, 1).toBuilder()
                .membership(new Membership("edge", false, false))
                .plan();
    }

    @Test
    void shouldTellToolsTheSame() {
        Plan present = plan(
                command("gone", "/a", RestartPolicy.ALWAYS, 1),
                command("same", "/a", RestartPolicy.ALWAYS, 1),
                command("calm", "/a", RestartPolicy.ALWAYS, 1),
                command("other", "/a", RestartPolicy.ALWAYS, 1));
        Plan next = plan(
                command("fresh", "/a", RestartPolicy.ALWAYS, 1),
                command("same", "/a", RestartPolicy.ALWAYS, 1),
                command("calm", "/a", RestartPolicy.NEVER, 1),
                command("other", "/a", RestartPolicy.ALWAYS, 2));
        assertEquals(
                "{\"instance\":\"shop\",\"dry_run\":true,\"daemons\":["
                        + "{\"name\":\"fresh\",\"change\":\"added\"},"
                        + "{\"name\":\"same\",\"change\":\"unchanged\"},"
                        + "{\"name\":\"calm\",\"change\":\"new-rules\"},"
                        + "{\"name\":\"other\",\"change\":\"started-anew\"},"
                        + "{\"name\":\"gone\",\"change\":\"removed\"}],\"replicas\":[],\"notify_changed\":false}",
                PlanChange.between(present, next).json("shop", true));
    }

    @Test
    void shouldTellOfReplicasThatSomebodyScaled() {
        Plan present = replicas(3, 4);
        Plan next = replicas(3, 2);
        PlanChange change = PlanChange.between(present, next);
        assertEquals(
                List.of(
                        "web.3: removed",
                        "web.4: removed",
                        "2 others unchanged",
                        "web: 2 replicas by `coppice scale`; the manifest says 3"),
                change.lines());
        assertTrue(
                change.json("shop", true)
                        .endsWith(
                                ",\"replicas\":[{\"name\":\"web\",\"declared\":3,\"count\":2}],\"notify_changed\":false}"),
                change.json("shop", true));
        assertEquals(
                "web: 3 replicas by the manifest, no longer by `coppice scale`",
                PlanChange.between(next, replicas(3, 3)).lines().get(2));
        assertEquals(
                List.of("3 daemons unchanged"),
                PlanChange.between(replicas(3, 3), replicas(3, 3)).lines());
    }

    private static Plan replicas(int declared, int count) {
        ReplicaSet set = new ReplicaSet("web", declared, count);
        return new Plan(
                "shop",
                "/shop.yaml",
                "/shop",
                "/shop",
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(set),
                set.childNames().stream()
                        .map(name -> command(name, "/a", RestartPolicy.ALWAYS, 1))
                        .toList());
    }

    @Test
    void shouldTellThatItIsLookedAtInAnotherWay() {
        ChildPlan plain = command("it", "/a", RestartPolicy.ALWAYS, 1);
        Probe tcp = new Probe(new ProbeCheck.Tcp("127.0.0.1", 80), 0, 1_000, 1_000, 1, 3);
        PlanChange change = PlanChange.between(
                plan(plain),
                plan(plain.toBuilder().probes(new Probes(null, null, tcp)).plan()));
        assertEquals(List.of("it: new rules, not restarted"), change.lines());
    }

    @Test
    void shouldTellThatThereAreToBeMoreStandbys() {
        PlanChange change = PlanChange.between(plan(daemon(0)), plan(daemon(1)));
        assertEquals(List.of("it: new rules, not restarted"), change.lines());
    }

    private static ChildPlan daemon(int standbys) {
        return new ChildPlanBuilder("it", ChildPlan.Kind.DAEMON)
                .argv(List.of("/java"))
                .stateBytes(1 << 20)
                .restart(RestartPolicy.ALWAYS)
                .standbys(standbys)
                .launch(1)
                .plan();
    }
}
