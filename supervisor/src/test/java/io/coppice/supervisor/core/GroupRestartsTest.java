package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of each member, whatever it was at, when its group is restarted or has failed; and what is told of it. */
class GroupRestartsTest {
    private static final Backoff SLOW = new Backoff(Specs.SECOND, 2, 60 * Specs.SECOND, 10 * Specs.SECOND, 0);

    private static GroupSpec group(int index, Strategy strategy, int maxRestarts, Backoff backoff, boolean escalates) {
        return new GroupSpec(
                index,
                index == GroupSpec.OUTERMOST ? "" : "g" + index,
                index == GroupSpec.OUTERMOST ? GroupSpec.NO_PARENT : GroupSpec.OUTERMOST,
                strategy,
                maxRestarts,
                60 * Specs.SECOND,
                backoff,
                AutoShutdown.NEVER,
                false,
                escalates,
                false);
    }

    private static GroupSpec instance(Strategy strategy) {
        return group(0, strategy, ChildSpec.UNLIMITED, Backoff.NONE, true);
    }

    private static Specs member(int group, int index, String name) {
        return Specs.command(index, name)
                .in(group)
                .maxRestarts(ChildSpec.UNLIMITED)
                .backoff(Backoff.NONE);
    }

    private static Driver ready(Driver driver) {
        driver.begin();
        for (int i = 0; i < driver.state.children().size(); i++) {
            driver.toReady(i);
        }
        return driver;
    }

    private static List<String> told(Driver driver, EventType type) {
        return driver.records().stream()
                .filter(event -> event.type() == type)
                .map(Command.RecordEvent::text)
                .toList();
    }

    private static void toldOfWaiting(Driver driver, int child, String text) {
        assertEquals(
                List.of(text),
                driver.records().stream()
                        .filter(event -> event.type() == EventType.WAITING && event.child() == child)
                        .map(Command.RecordEvent::text)
                        .toList());
    }

    @Test
    void shouldTellHowManyAreRestartedWithADeath() {
        Driver driver = ready(new Driver(
                List.of(instance(Strategy.ONE_FOR_ALL)),
                member(0, 0, "a").build(),
                member(0, 1, "b").build(),
                member(0, 2, "stopped").build(),
                member(0, 3, "completed").build(),
                member(0, 4, "failed").maxRestarts(0).build()));
        driver.exited(4, 1);
        assertEquals(ChildPhase.FAILED, driver.phase(4));
        driver.exited(3, 0).stop(2).signaled(2, 15);
        driver.exited(1, 1);
        assertEquals(List.of("the instance: b died: 1 more to restart with it"), told(driver, EventType.GROUP));
        assertEquals(ChildPhase.FAILED, driver.phase(4), "a death revives nobody who was given up");
        driver.signaled(0, 15);
        driver.toReady(0).toReady(1).stop(0).signaled(0, 15);
        driver.exited(1, 1);
        assertEquals(List.of(), told(driver, EventType.GROUP), "there is nobody");
        assertEquals(ChildPhase.SPAWNING, driver.phase(1));
    }

    @Test
    void shouldWaitForTheRestWithoutADeadline() {
        Driver driver = ready(new Driver(
                List.of(instance(Strategy.ONE_FOR_ONE), group(1, Strategy.ONE_FOR_ONE, 0, SLOW, true)),
                member(1, 0, "a").build(),
                member(1, 1, "b").build()));
        driver.exited(1, 1);
        assertEquals(
                List.of("group g1 failed; b: exit code 1; 1 failure within 60 s, 0 restarts allowed"),
                told(driver, EventType.GROUP_FAILED));
        assertEquals(ChildPhase.STOPPING, driver.phase(0), "the first child is a member as well");
        assertEquals(ChildPhase.WAITING, driver.phase(1));
        assertEquals(ChildState.NEVER, driver.child(1).deadlineNs(), "the first restart of a group waits for nothing");
        driver.signaled(0, 15);
        assertEquals(List.of("spawn 0#2", "spawn 1#2"), driver.did());

        driver.toReady(0).toReady(1).exited(1, 1);
        driver.signaled(0, 15);
        toldOfWaiting(driver, 0, "the instance is restarted in 1 s");
        assertEquals(driver.nowNs + Specs.SECOND, driver.child(0).deadlineNs());
    }

    @Test
    void shouldWaitWithoutADeadlineForOneThatTakesLongerToEnd() {
        Driver driver = ready(new Driver(
                List.of(instance(Strategy.ONE_FOR_ONE), group(1, Strategy.ONE_FOR_ONE, 0, SLOW, true)),
                member(1, 0, "a").build(),
                member(1, 1, "b").build(),
                member(1, 2, "c").build()));
        driver.exited(1, 1).signaled(0, 15);
        toldOfWaiting(driver, 0, "until all of the instance that restarts is down");
        assertEquals(ChildState.NEVER, driver.child(0).deadlineNs());
    }

    @Test
    void shouldSayWhatADeadMemberWaitsFor() {
        Driver driver = ready(new Driver(
                List.of(instance(Strategy.ONE_FOR_ALL)),
                member(0, 0, "a").build(),
                member(0, 1, "b").build()));
        driver.exited(1, 1);
        toldOfWaiting(driver, 1, "until all of the instance that restarts is down");
    }

    @Test
    void shouldEndTheStreakOfAGroupThatLastedAsLongAsItsResetSays() {
        Driver driver = ready(new Driver(
                List.of(instance(Strategy.ONE_FOR_ONE), group(1, Strategy.ONE_FOR_ONE, 0, SLOW, true)),
                member(1, 0, "a").build()));
        driver.exited(0, 1).toReady(0);
        driver.after(10 * Specs.SECOND - 1).exited(0, 1);
        assertEquals(driver.nowNs + Specs.SECOND, driver.child(0).deadlineNs(), "a nanosecond too short");
        driver.toDeadline().toReady(0).after(10 * Specs.SECOND).exited(0, 1);
        assertEquals(List.of("spawn 0#4"), driver.did());
    }

    /** What died together does not come back together, and not each time alike. */
    @Test
    void shouldDrawTheJitterOfEachGroupAndTimeAnew() {
        Backoff jitter = new Backoff(Specs.SECOND, 1, Specs.SECOND, 60 * Specs.SECOND, 1);
        Driver driver = ready(new Driver(
                List.of(
                        instance(Strategy.ONE_FOR_ONE),
                        group(1, Strategy.ONE_FOR_ONE, 0, jitter, true),
                        group(2, Strategy.ONE_FOR_ONE, 0, jitter, true)),
                member(1, 0, "a").build(),
                member(2, 1, "b").build()));
        driver.exited(0, 1).toReady(0).exited(1, 1).toReady(1);
        driver.exited(0, 1).exited(1, 1);
        long first = driver.state.groups().get(1).restartAtNs() - driver.nowNs;
        assertNotEquals(first, driver.state.groups().get(2).restartAtNs() - driver.nowNs);
        driver.toDeadline();
        while (driver.phase(0) == ChildPhase.WAITING) {
            driver.toDeadline();
        }
        driver.toReady(0).after(7).exited(0, 1);
        assertNotEquals(first, driver.state.groups().get(1).restartAtNs() - driver.nowNs);
    }

    /** Group 1 between two members of the instance, which has them restarted in their order. */
    @Test
    void shouldTakeAGroupsPlaceToBeThatOfItsFirstMember() {
        Driver driver = ready(new Driver(
                List.of(instance(Strategy.REST_FOR_ONE), group(1, Strategy.ONE_FOR_ONE, 0, Backoff.NONE, true)),
                member(0, 0, "before").build(),
                member(1, 1, "first").build(),
                member(0, 2, "between").build(),
                member(1, 3, "second").build(),
                member(0, 4, "after").build()));
        driver.exited(3, 1);
        assertEquals(
                List.of("signal 4#1 TERM group", "signal 2#1 TERM group", "signal 1#1 TERM group"),
                driver.did(),
                "all after the group's first member, and none before it");
        driver.signaled(4, 15).signaled(2, 15).signaled(1, 15);
        for (int i = 1; i <= 4; i++) {
            driver.toReady(i);
        }
        driver.exited(2, 1);
        assertEquals(List.of("signal 4#2 TERM group"), driver.did(), "the group is before it, all of it");
        driver.signaled(4, 15).toReady(2).toReady(4).exited(0, 1);
        assertEquals(
                List.of(
                        "signal 4#3 TERM group",
                        "signal 3#2 TERM group",
                        "signal 2#3 TERM group",
                        "signal 1#2 TERM group"),
                driver.did(),
                "the group is after it, all of it");
    }

    @Test
    void shouldRestartAMemberOfANestedGroupWithTheGroupThatItIsIn() {
        GroupSpec nested = new GroupSpec(
                2,
                "g2",
                1,
                Strategy.ONE_FOR_ONE,
                ChildSpec.UNLIMITED,
                60 * Specs.SECOND,
                Backoff.NONE,
                AutoShutdown.NEVER,
                false,
                true,
                false);
        Driver driver = ready(new Driver(
                List.of(instance(Strategy.REST_FOR_ONE), group(1, Strategy.ONE_FOR_ONE, 5, Backoff.NONE, true), nested),
                member(0, 0, "before").build(),
                member(1, 1, "outer").build(),
                member(0, 2, "dies").build(),
                member(2, 3, "nested").build()));
        driver.exited(2, 1);
        assertEquals(List.of("spawn 2#2"), driver.did(), "the group that the last one is in begins before it");
    }

    @Test
    void shouldGiveUpEachMemberOfAFailedGroupWhateverItIsAt() {
        Driver driver = new Driver(
                        List.of(instance(Strategy.ONE_FOR_ONE), group(1, Strategy.ONE_FOR_ONE, 3, Backoff.NONE, false)),
                        member(1, 0, "up").build(),
                        member(1, 1, "in-backoff").backoff(SLOW).build(),
                        member(1, 2, "waits")
                                .dependsOn(1, Dependency.Condition.COMPLETED)
                                .build(),
                        member(1, 3, "dies").build())
                .begin();
        driver.toReady(0).toReady(1).toReady(3);
        driver.exited(1, 1).toReady(1).exited(1, 1);
        assertEquals(ChildPhase.BACKOFF, driver.phase(1));
        driver.exited(3, 1).toReady(3).exited(3, 1);
        assertEquals(List.of("signal 0#1 TERM group"), driver.did());
        assertEquals(ChildPhase.FAILED, driver.phase(1));
        assertEquals(ChildPhase.FAILED, driver.phase(2));
        assertEquals(ChildPhase.FAILED, driver.phase(3));
        assertEquals(
                List.of("group g1 failed; dies: exit code 1; 4 failures within 60 s, 3 restarts allowed"),
                told(driver, EventType.GROUP_FAILED));
        assertTrue(told(driver, EventType.WAITING).contains("for what its group does"));
        assertEquals(ChildPhase.FAILED, driver.signaled(0, 15).phase(0));
    }

    @Test
    void shouldParkAMemberThatIsGivenUpAndEscalates() {
        Driver driver = ready(new Driver(
                List.of(instance(Strategy.ONE_FOR_ONE), group(1, Strategy.ONE_FOR_ONE, 5, SLOW, true)),
                member(1, 0, "bystander").build(),
                Specs.command(1, "vital").in(1).maxRestarts(0).escalates().build()));
        driver.exited(1, 1);
        toldOfWaiting(driver, 1, "for what its group does");
        assertEquals(List.of("signal 0#1 TERM group"), driver.did());
        assertEquals(ChildPhase.WAITING, driver.phase(1));
        assertEquals(List.of("spawn 0#2", "spawn 1#2"), driver.signaled(0, 15).did());
    }

    /** A restart for a death leaves their counts; that of a failed group is a new beginning. */
    @Test
    void shouldForgetFailuresOnlyWhenAFailedGroupIsRestarted() {
        Driver driver = ready(new Driver(
                List.of(instance(Strategy.ONE_FOR_ONE), group(1, Strategy.ONE_FOR_ALL, 2, Backoff.NONE, true)),
                member(1, 0, "a").maxRestarts(4).build(),
                member(1, 1, "b").build()));
        driver.exited(0, 1).signaled(1, 15).toReady(0).toReady(1);
        driver.exited(1, 1);
        assertEquals(1, driver.child(0).failureCount());
        driver.signaled(0, 15).toReady(0).toReady(1);
        driver.exited(1, 1);
        assertEquals(0, driver.child(0).failureCount());
    }

    @Test
    void shouldRestartOneThatIsNeverRestartedOnlyWithAFailedGroup() {
        Driver driver = ready(new Driver(
                List.of(instance(Strategy.ONE_FOR_ONE), group(1, Strategy.ONE_FOR_ALL, 1, Backoff.NONE, true)),
                member(1, 0, "once").restart(RestartPolicy.NEVER).build(),
                member(1, 1, "b").build()));
        driver.exited(1, 1);
        assertEquals(ChildPhase.SPAWNING, driver.phase(1), "what does not come back is not waited for");
        driver.signaled(0, 15);
        assertEquals(ChildPhase.FAILED, driver.phase(0));
        assertFalse(driver.child(0).restartDue());
        driver.toReady(1).exited(1, 1);
        assertEquals(
                List.of("spawn 0#2", "spawn 1#3"),
                driver.did().stream().sorted().toList(),
                "what was given up is part of a group that is restarted as a whole");
        assertEquals(1, driver.child(0).restarts());
    }

    @Test
    void shouldLeaveABackoffAloneUnlessAFailedGroupIsRestarted() {
        Driver driver = ready(new Driver(
                List.of(instance(Strategy.ONE_FOR_ONE), group(1, Strategy.ONE_FOR_ALL, 4, SLOW, true)),
                member(1, 0, "slow").backoff(SLOW).build(),
                member(1, 1, "b").build()));
        driver.exited(0, 1).signaled(1, 15).toReady(0).toReady(1);
        driver.exited(0, 1).signaled(1, 15);
        assertEquals(ChildPhase.BACKOFF, driver.phase(0));
        assertEquals(ChildPhase.WAITING, driver.phase(1), "it waits for the one that waits");
        long untilNs = driver.child(0).backoffUntilNs();
        driver.stop(1).start(1).toReady(1).exited(1, 1);
        assertEquals(ChildPhase.BACKOFF, driver.phase(0));
        assertEquals(untilNs, driver.child(0).backoffUntilNs());
        assertEquals(ChildPhase.WAITING, driver.phase(1));
        driver.stop(1).start(1).toReady(1).exited(1, 1);
        driver.stop(1).start(1).toReady(1).exited(1, 1);
        assertEquals(
                List.of("spawn 0#3", "spawn 1#" + driver.child(1).incarnation()),
                driver.did().stream().sorted().toList(),
                "the first restart of the group is immediate");
    }

    @Test
    void shouldKeepAGroupsCountsAcrossTheRootsDeathButNotAcrossAShutdown() {
        for (boolean shutdown : new boolean[] {false, true}) {
            Driver driver = ready(new Driver(
                    List.of(instance(Strategy.ONE_FOR_ONE), group(1, Strategy.ONE_FOR_ONE, 5, SLOW, true)),
                    member(1, 0, "a").build()));
            driver.exited(0, 1).toReady(0);
            if (shutdown) {
                driver.shutdown();
            }
            driver.dieAndResume();
            assertEquals(
                    shutdown ? 0 : 1,
                    driver.state.groups().get(1).failures().recentNs().size());
        }
    }
}
