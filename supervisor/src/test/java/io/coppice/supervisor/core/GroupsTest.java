package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a death means for others: strategies, intensity, escalation, significant members. */
class GroupsTest {
    private static final int INNER = 1;

    private static GroupSpec outermost(Strategy strategy, int maxRestarts, AutoShutdown autoShutdown) {
        return new GroupSpec(
                0,
                "",
                GroupSpec.NO_PARENT,
                strategy,
                maxRestarts,
                60 * Specs.SECOND,
                Backoff.NONE,
                autoShutdown,
                false,
                true,
                false);
    }

    private static GroupSpec inner(Strategy strategy, int maxRestarts, boolean escalates) {
        return new GroupSpec(
                INNER,
                "edge",
                GroupSpec.OUTERMOST,
                strategy,
                maxRestarts,
                60 * Specs.SECOND,
                Specs.DEFAULT_BACKOFF,
                AutoShutdown.NEVER,
                false,
                escalates,
                false);
    }

    private static ChildSpec in(int group, int index, String name) {
        return Specs.command(index, name)
                .in(group)
                .maxRestarts(ChildSpec.UNLIMITED)
                .backoff(Backoff.NONE)
                .build();
    }

    /** Child 0 outside, children 1 to 3 in the group, child 4 outside; all of them run. */
    private static Driver five(Strategy strategy, int maxRestarts, boolean escalates, GroupSpec outermost) {
        Driver driver = new Driver(
                        List.of(outermost, inner(strategy, maxRestarts, escalates)),
                        in(0, 0, "before"),
                        in(INNER, 1, "a"),
                        in(INNER, 2, "b"),
                        in(INNER, 3, "c"),
                        in(0, 4, "after"))
                .begin();
        for (int i = 0; i < 5; i++) {
            driver.toReady(i);
        }
        return driver;
    }

    private static GroupSpec quiet() {
        return outermost(Strategy.ONE_FOR_ONE, ChildSpec.UNLIMITED, AutoShutdown.NEVER);
    }

    private static String incarnations(Driver driver) {
        StringBuilder all = new StringBuilder();
        driver.state.children().forEach(child -> all.append(child.incarnation()));
        return all.toString();
    }

    /** Ends what is being ended, launches what is launched, until nothing is left to do but wait for a time. */
    private static Driver settle(Driver driver) {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (int i = 0; i < driver.state.children().size(); i++) {
                switch (driver.phase(i)) {
                    case STOPPING -> driver.signaled(i, 15);
                    case SPAWNING -> driver.toReady(i);
                    default -> {
                        continue;
                    }
                }
                moved = true;
            }
        }
        return driver;
    }

    @Test
    void shouldRestartWhatTheStrategyNames() {
        List<String> seen = new ArrayList<>();
        for (Strategy strategy : Strategy.values()) {
            for (int dead = 1; dead <= 3; dead++) {
                Driver driver = five(strategy, ChildSpec.UNLIMITED, true, quiet());
                seen.add(strategy + " " + dead + ": " + incarnations(settle(driver.exited(dead, 1))));
            }
        }
        assertEquals(
                List.of(
                        "ONE_FOR_ONE 1: 12111",
                        "ONE_FOR_ONE 2: 11211",
                        "ONE_FOR_ONE 3: 11121",
                        "ONE_FOR_ALL 1: 12221",
                        "ONE_FOR_ALL 2: 12221",
                        "ONE_FOR_ALL 3: 12221",
                        "REST_FOR_ONE 1: 12221",
                        "REST_FOR_ONE 2: 11221",
                        "REST_FOR_ONE 3: 11121"),
                seen);
    }

    @Test
    void shouldWaitLongerForEachRestartOfAGroupUntilOneHasLasted() {
        GroupSpec group = new GroupSpec(
                1,
                "group",
                GroupSpec.OUTERMOST,
                Strategy.ONE_FOR_ONE,
                0,
                60 * Specs.SECOND,
                new Backoff(Specs.SECOND, 2, 60 * Specs.SECOND, 10 * Specs.SECOND, 0),
                AutoShutdown.NEVER,
                false,
                true,
                false);
        Driver driver = new Driver(
                        List.of(quiet(), group),
                        Specs.command(0, "member").in(1).build())
                .begin()
                .toReady(0);
        List<Long> waits = new ArrayList<>();
        for (long livesNs : new long[] {Specs.SECOND, Specs.SECOND, Specs.SECOND, 20 * Specs.SECOND, Specs.SECOND}) {
            driver.after(livesNs).exited(0, 1);
            waits.add(driver.state.groups().get(1).restartAtNs() - driver.nowNs);
            if (driver.phase(0) == ChildPhase.WAITING) {
                driver.toDeadline();
            }
            driver.toReady(0);
        }
        assertEquals(List.of(0L, Specs.SECOND, 2 * Specs.SECOND, 0L, Specs.SECOND), waits);
    }

    @Test
    void shouldLaunchNobodyBeforeAllThatRestartAreDown() {
        Driver driver = five(Strategy.ONE_FOR_ALL, ChildSpec.UNLIMITED, true, quiet());
        driver.exited(2, 1);
        assertEquals(List.of("signal 3#1 TERM group", "signal 1#1 TERM group"), driver.did());
        assertEquals(ChildPhase.WAITING, driver.phase(2));
        assertEquals(List.of(), driver.signaled(3, 15).did());
        assertEquals(
                List.of("spawn 1#2", "spawn 2#2", "spawn 3#2"),
                driver.signaled(1, 15).did());
        assertEquals(1, driver.child(1).restarts());
    }

    @Test
    void shouldEndDependentsFirstInAGroup() {
        Driver driver = new Driver(
                        List.of(quiet(), inner(Strategy.ONE_FOR_ALL, ChildSpec.UNLIMITED, true)),
                        in(INNER, 0, "db"),
                        Specs.command(1, "web")
                                .in(INNER)
                                .dependsOn(0, Dependency.Condition.READY)
                                .build(),
                        in(INNER, 2, "other"))
                .begin();
        driver.toReady(0).toReady(2).toReady(1);
        driver.exited(2, 1);
        assertEquals(List.of("signal 1#1 TERM group"), driver.did(), "db is needed by web");
        assertEquals(List.of("signal 0#1 TERM group"), driver.signaled(1, 15).did());
        assertEquals(List.of("spawn 0#2", "spawn 2#2"), driver.signaled(0, 15).did());
        assertEquals(List.of("spawn 1#2"), driver.toStarting(0).did());
    }

    @Test
    void shouldLeaveAloneWhatAnOperatorStoppedAndWhatHasCompleted() {
        Driver driver = five(Strategy.ONE_FOR_ALL, ChildSpec.UNLIMITED, true, quiet());
        driver.stop(1).signaled(1, 15).exited(3, 0);
        settle(driver.exited(2, 1));
        assertEquals("11211", incarnations(driver));
        assertEquals(ChildPhase.STOPPED, driver.phase(1));
        assertEquals(ChildPhase.COMPLETED, driver.phase(3));
    }

    @Test
    void shouldNotUndoAStopThatComesWhileItsGroupRestarts() {
        Driver driver = five(Strategy.ONE_FOR_ALL, ChildSpec.UNLIMITED, true, quiet());
        driver.exited(2, 1).stop(1);
        settle(driver);
        assertEquals("11221", incarnations(driver));
        assertEquals(ChildPhase.STOPPED, driver.phase(1));
        assertEquals(Wanted.DOWN, driver.child(1).wanted());
    }

    @Test
    void shouldCountAgainstTheGroupAndGiveItUpAlone() {
        Driver driver = five(Strategy.ONE_FOR_ONE, 2, false, quiet());
        settle(driver.exited(1, 1));
        settle(driver.exited(2, 1));
        assertEquals("12211", incarnations(driver));
        driver.exited(3, 1);
        assertTrue(
                driver.recorded().contains(EventType.GROUP_FAILED),
                driver.recorded().toString());
        settle(driver);
        for (int i = 1; i <= 3; i++) {
            assertEquals(ChildPhase.FAILED, driver.phase(i));
        }
        assertEquals(ChildPhase.READY, driver.phase(0));
        assertEquals(ChildPhase.READY, driver.phase(4));
        assertEquals(
                List.of("ok 2", "spawn 1#3"),
                driver.start(1).did().stream().sorted().toList());
    }

    @Test
    void shouldRestartAFailedGroupAsAWholeAndThenWaitLonger() {
        Driver driver = five(Strategy.ONE_FOR_ONE, 0, true, quiet());
        settle(driver.exited(2, 1));
        assertEquals("12221", incarnations(driver), "the first restart is immediate");
        driver.exited(2, 1);
        settle(driver);
        assertEquals("12221", incarnations(driver), "the second waits");
        assertEquals(driver.nowNs + 10 * Specs.MS, driver.state.nextDeadlineNs());
        settle(driver.toDeadline());
        assertEquals("13331", incarnations(driver));
        assertEquals(ChildState.NEVER, driver.state.nextDeadlineNs());
    }

    @Test
    void shouldNotCountAnOperatorsKillForAGroupEither() {
        Driver driver = five(Strategy.ONE_FOR_ALL, 0, true, outermost(Strategy.ONE_FOR_ONE, 0, AutoShutdown.NEVER));
        for (int i = 0; i < 20; i++) {
            driver.kill(2, "KILL", 9);
            settle(driver.signaled(2, 9));
        }
        assertEquals(SupervisorState.Phase.RUNNING, driver.state.phase());
        assertEquals(
                List.of(1L, 21L, 21L, 21L, 1L),
                driver.state.children().stream().map(ChildState::incarnation).toList(),
                "they are restarted with it all the same");
        driver.state.groups().forEach(group -> assertEquals(FailureHistory.EMPTY, group.failures()));
    }

    @Test
    void shouldGiveUpWithExitCodeFiveWhenTheOutermostHasHadEnough() {
        Driver driver = five(Strategy.ONE_FOR_ALL, 0, true, outermost(Strategy.ONE_FOR_ONE, 1, AutoShutdown.NEVER));
        settle(driver.exited(2, 1));
        assertEquals("12221", incarnations(driver));
        driver.exited(3, 1);
        Command.RecordEvent gaveUp = driver.records().stream()
                .filter(event -> event.type() == EventType.GAVE_UP)
                .findFirst()
                .orElseThrow();
        assertEquals("c", gaveUp.about());
        assertEquals(
                "gave up: group edge: c: exit code 1; 1 failure within 60 s, 0 restarts allowed"
                        + "; 2 failures within 60 s, 1 restart allowed",
                gaveUp.text());
        List<String> last = new ArrayList<>();
        while (driver.state.phase() != SupervisorState.Phase.DONE) {
            for (int i = 0; i < 5; i++) {
                if (driver.phase(i) == ChildPhase.STOPPING) {
                    last = driver.signaled(i, 15).did();
                }
            }
        }
        assertEquals(List.of("exit 5"), last);
        assertEquals(
                "because the root gave up",
                driver.records().get(driver.records().size() - 2).text());
    }

    @Test
    void shouldGiveUpWhenAMemberThatEscalatesIsGivenUp() {
        Driver driver = new Driver(
                        List.of(quiet()),
                        in(0, 0, "bystander"),
                        Specs.command(1, "vital").maxRestarts(1).escalates().build())
                .begin();
        driver.toReady(0).toReady(1).exited(1, 1).toReady(1).exited(1, 1);
        assertEquals(List.of("signal 0#1 TERM group"), driver.did());
        assertEquals(List.of("exit 5"), driver.signaled(0, 15).did());
    }

    @Test
    void shouldEndWithItsSignificantMembers() {
        for (AutoShutdown autoShutdown : AutoShutdown.values()) {
            Driver driver = new Driver(
                            List.of(outermost(Strategy.ONE_FOR_ONE, ChildSpec.UNLIMITED, autoShutdown)),
                            in(0, 0, "bystander"),
                            Specs.command(1, "one").significant().build(),
                            Specs.command(2, "two").significant().build())
                    .begin();
            driver.toReady(0).toReady(1).toReady(2).exited(1, 0);
            boolean any = autoShutdown == AutoShutdown.ANY_SIGNIFICANT;
            assertEquals(any, driver.state.phase() == SupervisorState.Phase.STOPPING, autoShutdown.toString());
            settle(driver);
            if (!any) {
                driver.exited(2, 0);
                settle(driver);
            }
            assertEquals(
                    autoShutdown != AutoShutdown.NEVER,
                    driver.state.phase() == SupervisorState.Phase.DONE,
                    autoShutdown.toString());
            assertEquals(0, driver.state.exitCode());
        }
    }

    @Test
    void shouldGoOnWithAGroupsRestartAfterTheRootsDeath() {
        Driver driver = five(Strategy.ONE_FOR_ALL, ChildSpec.UNLIMITED, true, quiet());
        driver.exited(2, 1).dieAndResume();
        driver.adopted(0).adopted(1).adopted(3).adopted(4).begin();
        settle(driver);
        assertEquals("12221", incarnations(driver));
    }

    /** Found by the simulator: what had died was ended once more, with a sibling that it depends on. */
    @Test
    void shouldNotEndWhatHasDiedWithASiblingThatItDependsOn() {
        Driver driver = new Driver(
                        List.of(quiet(), inner(Strategy.ONE_FOR_ALL, ChildSpec.UNLIMITED, true)),
                        in(INNER, 0, "db"),
                        Specs.worker(1, "web").in(INNER).restartedWith(0).build())
                .begin();
        driver.toReady(0).toReady(1).exited(1, 1);
        assertEquals(ChildPhase.WAITING, driver.phase(1));
        assertEquals(false, driver.child(1).stopAsked());
        assertEquals(false, driver.child(1).orders().endDue());
        assertEquals(false, driver.recorded().contains(EventType.RESTARTED_WITH));
        assertEquals(List.of("signal 0#1 TERM group"), driver.did());
    }
}
