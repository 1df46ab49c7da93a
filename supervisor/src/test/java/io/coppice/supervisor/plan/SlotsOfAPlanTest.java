package io.coppice.supervisor.plan;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SlotsOfAPlanTest {
    @Test
    void shouldTakeSlotsRightBehindTheirDaemonInTheirOrder() {
        assertDoesNotThrow(() -> plan(daemon("a"), slot("a", 1), slot("a", 2), daemon("b"), slot("b", 1)));
        List<ChildPlan> most = new ArrayList<>(List.of(daemon("a")));
        for (int number = 1; number <= PlanBounds.MAX_SLOTS; number++) {
            most.add(slot("a", number));
        }
        assertEquals(32, plan(most.toArray(ChildPlan[]::new)).children().get(32).slot());
    }

    @Test
    void shouldTellASlotsDaemonAndNumber() {
        assertEquals("a", slot("a", 2).daemon());
        assertEquals(2, slot("a", 2).slot());
        assertEquals("a", daemon("a").daemon());
        assertEquals(0, daemon("a").slot());
    }

    @Test
    void shouldTakeSlotsOfReplicas() {
        ReplicaSet set = new ReplicaSet("w", 2, 2);
        assertDoesNotThrow(() -> new Plan(
                "shop",
                "/m",
                "/d",
                "/s",
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(set),
                List.of(daemon("w.1"), slot("w.1", 1), daemon("w.2"), slot("w.2", 1))));
    }

    @Test
    void shouldRefuseSlotsAtAnyOtherPlace() {
        refused("a@1 depends on a, which does not come before it", slot("a", 1), daemon("a"));
        refused("a@2 does not come behind", daemon("a"), slot("a", 2));
        refused("a@1 does not come behind", daemon("a"), daemon("b"), slot("a", 1));
        refused("a@2 does not come behind", daemon("a"), slot("a", 1), daemon("b"), slot("a", 2));
        refused("a@1 is there twice", daemon("a"), slot("a", 1), slot("a", 1));
        refused("a@3 does not come behind", daemon("a"), slot("a", 1), slot("a", 3));
        refused("a@2 does not come behind", daemon("a"), slot("a", 2), slot("a", 1));
        refused("b@1 depends on b, which does not come before it", daemon("a"), daemon("c"), slot("b", 1));
        refused("a@1 does not come behind", ChildPlans.command("a").plan(), slot("a", 1));
        refused(
                "a@1 does not come behind",
                ChildPlans.daemon("a")
                        .argv(List.of("java", AgentOption.of("/a.jar", "shop", List.of("daemon=a")), "Main"))
                        .plan(),
                slot("a", 1));
    }

    @Test
    void shouldRefuseSlotsThatAreNotAlike() {
        TreeMap<String, String> environment = new TreeMap<>();
        environment.put("A", "b");
        List<UnaryOperator<ChildPlanBuilder>> others = List.of(
                slot -> slot.argv(List.of("y")),
                slot -> slot.environment(environment),
                slot -> slot.workingDirectory("/srv"),
                slot -> slot.log(LogTarget.JOURNAL),
                slot -> slot.stateBytes(4096),
                slot -> slot.timeoutMs(1),
                slot -> slot.maxRestarts(0),
                slot -> slot.launch(1));
        for (UnaryOperator<ChildPlanBuilder> other : others) {
            refused(
                    "a@2 is not like a@1",
                    daemon("a"),
                    slot("a", 1),
                    other.apply(slot("a", 2).toBuilder()).plan());
        }
    }

    @Test
    void shouldLeaveTheStandbysOfAllToTheFirst() {
        assertDoesNotThrow(
                () -> plan(daemon("a"), slot("a", 1).toBuilder().standbys(4).plan(), slot("a", 2)));
        assertThrows(
                IllegalArgumentException.class,
                () -> slot("a", 2).toBuilder().standbys(1).plan());
    }

    @Test
    void shouldHoldSlotsToRulesOfTheirOwn() {
        List<UnaryOperator<ChildPlanBuilder>> wrong = List.of(
                slot -> slot.name("a"),
                slot -> slot.stateBytes(0),
                slot -> slot.checkpoints(1),
                slot -> slot.heartbeatTimeoutMs(1),
                slot -> slot.poison(Poison.after(3, List.of())),
                slot -> slot.restart(RestartPolicy.ALWAYS),
                slot -> slot.maxRestarts(ChildPlan.UNLIMITED_RESTARTS),
                slot -> slot.maxRestarts(61),
                slot -> slot.timeoutMs(0),
                slot -> slot.standbys(-1),
                slot -> slot.shutdown(new Shutdown("TERM", 1, List.of("kill"))),
                slot -> slot.dependsOn(List.of()),
                slot -> slot.dependsOn(List.of(new Dependency("a", Dependency.Condition.READY))),
                slot -> slot.dependsOn(List.of(new Dependency("a", Dependency.Condition.STARTED, true))),
                slot -> slot.dependsOn(List.of(new Dependency("b", Dependency.Condition.STARTED))),
                slot -> slot.exits(new ExitLists(
                        new ExitSet(List.of(3), List.of()),
                        new ExitSet(List.of(), List.of()),
                        new ExitSet(List.of(), List.of()))),
                slot -> slot.membership(new Membership("g", false, false)),
                slot -> slot.probes(new Probes(
                        null, null, new Probe(new ProbeCheck.Tcp("localhost", 1), 0, Probe.MIN_PERIOD_MS, 1, 1, 1))));
        for (int i = 0; i < wrong.size(); i++) {
            ChildPlanBuilder slot = wrong.get(i).apply(slot("a", 1).toBuilder());
            assertThrows(IllegalArgumentException.class, slot::plan, "rule " + i);
        }
    }

    @Test
    void shouldRefuseATimeoutAndASlotsNameOfAnyOther() {
        assertThrows(
                IllegalArgumentException.class,
                () -> daemon("a").toBuilder().timeoutMs(1).plan());
        assertThrows(
                IllegalArgumentException.class,
                () -> daemon("a").toBuilder().name("a@1").plan());
        assertThrows(
                IllegalArgumentException.class, () -> ChildPlans.command("a@1").plan());
    }

    private static void refused(String reason, ChildPlan... children) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> plan(children));
        assertTrue(String.valueOf(e.getMessage()).contains(reason), e.getMessage());
    }

    private static Plan plan(ChildPlan... children) {
        return new Plan(
                "shop",
                "/m",
                "/d",
                "/s",
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(children));
    }

    private static ChildPlan daemon(String name) {
        return ChildPlans.daemon(name).plan();
    }

    private static ChildPlan slot(String daemon, int number) {
        return ChildPlans.slot(daemon, number).plan();
    }
}
