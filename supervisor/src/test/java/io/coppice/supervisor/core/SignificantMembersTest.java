package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Groups within the instance that end with their significant members. */
class SignificantMembersTest {
    private static GroupSpec group(int index, int parent, AutoShutdown autoShutdown, boolean significant) {
        return new GroupSpec(
                index,
                index == GroupSpec.OUTERMOST ? "" : "g" + index,
                parent,
                Strategy.ONE_FOR_ONE,
                ChildSpec.UNLIMITED,
                60 * Specs.SECOND,
                Backoff.NONE,
                autoShutdown,
                significant,
                true,
                false);
    }

    private static Driver driver(AutoShutdown inner, AutoShutdown outer) {
        Driver driver = new Driver(
                        List.of(
                                group(0, GroupSpec.NO_PARENT, outer, false),
                                group(1, GroupSpec.OUTERMOST, inner, true),
                                group(2, GroupSpec.OUTERMOST, AutoShutdown.ANY_SIGNIFICANT, true)),
                        Specs.command(0, "outside").build(),
                        Specs.command(1, "one").in(1).significant().build(),
                        Specs.command(2, "two").in(1).significant().build(),
                        Specs.command(3, "waits")
                                .in(1)
                                .dependsOn(1, Dependency.Condition.COMPLETED)
                                .dependsOn(2, Dependency.Condition.COMPLETED)
                                .build(),
                        Specs.command(4, "other").in(2).significant().build())
                .begin();
        return driver.toReady(0).toReady(1).toReady(2).toReady(4);
    }

    private static boolean isDone(Driver driver, int group) {
        return driver.state.groups().get(group).done();
    }

    @Test
    void shouldEndAGroupWithoutWhatIsBesideIt() {
        Driver driver = driver(AutoShutdown.ANY_SIGNIFICANT, AutoShutdown.NEVER).exited(1, 0);
        assertTrue(isDone(driver, 1));
        assertTrue(driver.records().stream()
                .anyMatch(event ->
                        event.text().equals("group g1: ends: its significant members have come to their end")));
        assertEquals(List.of("signal 2#1 TERM group"), driver.did());
        assertEquals(ChildPhase.COMPLETED, driver.phase(3), "it waited");
        Command.RecordEvent ended = driver.records().stream()
                .filter(event -> event.child() == 3)
                .findFirst()
                .orElseThrow();
        assertEquals("its group has ended", ended.text());
        driver.signaled(2, 15);
        assertEquals(ChildPhase.COMPLETED, driver.phase(2));
        assertEquals(ChildPhase.READY, driver.phase(0));
        assertEquals(ChildPhase.READY, driver.phase(4));
    }

    @Test
    void shouldEndWithItsGroupWhatCouldNotBeSpawnedMeanwhile() {
        Driver driver = driver(AutoShutdown.ANY_SIGNIFICANT, AutoShutdown.NEVER);
        driver.stop(2).signaled(2, 15).start(2).exited(1, 0);
        assertEquals(ChildPhase.ABANDONING, driver.phase(2));
        assertEquals(ChildPhase.COMPLETED, driver.spawnFailed(2).phase(2));
    }

    @Test
    void shouldNotBeDoneAnyMoreOnceAMemberIsStartedOrRestarted() {
        Driver driver = driver(AutoShutdown.ANY_SIGNIFICANT, AutoShutdown.NEVER)
                .exited(1, 0)
                .signaled(2, 15);
        driver.start(1);
        assertFalse(isDone(driver, 1));
        driver.toReady(1).exited(1, 0);
        assertTrue(isDone(driver, 1));

        Driver still = driver(AutoShutdown.ANY_SIGNIFICANT, AutoShutdown.NEVER).exited(1, 0);
        still.restart(2);
        assertFalse(isDone(still, 1));
        still.signaled(2, 15);
        assertEquals(ChildPhase.SPAWNING, still.phase(2), "it is wanted after all");
    }

    @Test
    void shouldEndTheInstanceWithAllItsSignificantGroups() {
        Driver driver = driver(AutoShutdown.ALL_SIGNIFICANT, AutoShutdown.ALL_SIGNIFICANT);
        driver.exited(1, 0);
        assertFalse(isDone(driver, 1), "the other one runs");
        driver.exited(2, 0);
        assertTrue(isDone(driver, 1));
        assertEquals(SupervisorState.Phase.RUNNING, driver.state.phase(), "the other group goes on");
        driver.exited(4, 0);
        assertEquals(SupervisorState.Phase.STOPPING, driver.state.phase());
        assertEquals(List.of("signal 0#1 TERM group"), driver.did());
    }

    @Test
    void shouldEndAGroupWithAMemberThatCouldNotBeSpawned() {
        Driver driver = new Driver(
                        List.of(group(0, GroupSpec.NO_PARENT, AutoShutdown.ANY_SIGNIFICANT, false)),
                        Specs.command(0, "bystander").build(),
                        Specs.command(1, "once")
                                .significant()
                                .restart(RestartPolicy.NEVER)
                                .build())
                .begin()
                .toReady(0)
                .spawnFailed(1);
        assertEquals(SupervisorState.Phase.STOPPING, driver.state.phase());
        assertEquals(List.of("signal 0#1 TERM group"), driver.did());
    }

    @Test
    void shouldEndTheInstanceByOneThatCameToItsEndWhileThereWasNoRoot() {
        Driver driver = new Driver(
                        List.of(group(0, GroupSpec.NO_PARENT, AutoShutdown.ANY_SIGNIFICANT, false)),
                        Specs.command(0, "bystander").build(),
                        Specs.command(1, "task").significant().build())
                .begin();
        driver.toReady(0).toReady(1).dieAndResume().adopted(0).exited(1, 0);
        assertEquals(SupervisorState.Phase.STOPPING, driver.state.phase());
    }

    /** It had not been told to end yet, because of one that needs it. */
    @Test
    void shouldNotMakeAGoodEndOfAFailure() {
        Driver driver = new Driver(
                        List.of(group(0, GroupSpec.NO_PARENT, AutoShutdown.ANY_SIGNIFICANT, false)),
                        Specs.command(0, "task").significant().build(),
                        Specs.command(1, "web")
                                .dependsOn(0, Dependency.Condition.READY)
                                .build(),
                        Specs.command(2, "vital").maxRestarts(0).escalates().build())
                .begin();
        driver.toReady(0).toReady(2).toReady(1).exited(2, 1);
        assertEquals(List.of("signal 1#1 TERM group"), driver.did());
        driver.exited(0, 0);
        assertEquals(List.of("exit 5"), driver.signaled(1, 15).did());
    }
}
