package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplanningTest {
    @Test
    void shouldBeReadyWhereTheProbeWasRemovedWhileThereWasNoRoot() {
        Driver driver =
                new Driver(Specs.command(0, "db").probed().build()).begin().toStarting(0);
        driver.state = SupervisorState.resumed(
                driver.state.groups(),
                List.of(Specs.command(0, "db").build()),
                new ArrayList<>(driver.state.children()),
                List.of(0L),
                false,
                driver.nowNs);
        driver.adopted(0).begin();
        assertEquals(ChildPhase.READY, driver.phase(0), "nobody will say it");
    }

    @Test
    void shouldNotWaitForAProbeThatIsNoMore() {
        Driver driver =
                new Driver(Specs.command(0, "db").probed().build()).begin().toStarting(0);
        ChildSpec plain = Specs.command(0, "db").build();
        driver.step(new Event.Replanned(List.of(plain), List.of(0L), driver.nowNs));
        assertEquals(ChildPhase.READY, driver.phase(0));
        assertEquals(1, driver.child(0).incarnation());
    }

    @Test
    void shouldTakeNobodyForUnwellByAProbeThatIsNoMore() {
        Driver driver = new Driver(Specs.command(0, "db").probed().build())
                .begin()
                .toReady(0)
                .step(new Event.HealthChanged(0, 1, false, "tcp: refused", Driver.START_NS));
        ChildSpec plain = Specs.command(0, "db").build();
        driver.step(new Event.Replanned(List.of(plain), List.of(0L), driver.nowNs));
        assertTrue(driver.child(0).healthy());
        assertEquals(ChildPhase.READY, driver.phase(0));
    }

    /** Nobody was there before. */
    private static final List<Long> NEW = List.of(0L, 0L, 0L);

    private final Driver driver = Driver.running(
            Specs.worker(0, "db").build(),
            Specs.worker(1, "web").dependsOn(0, Dependency.Condition.READY).build());

    private Driver replan(ChildSpec... specs) {
        return driver.step(new Event.Replanned(List.of(specs), NEW, driver.nowNs));
    }

    @Test
    void shouldTouchNothingWhenOnlyPoliciesChange() {
        ChildState before = driver.child(0);
        replan(
                Specs.worker(0, "db").restart(RestartPolicy.NEVER).build(),
                Specs.worker(1, "web").build());
        assertEquals(List.of(), driver.did());
        assertEquals(before.pid(), driver.child(0).pid());
        assertEquals(before.incarnation(), driver.child(0).incarnation());
        driver.exited(0, 1);
        assertEquals(ChildPhase.FAILED, driver.phase(0), "the new policy holds for what is decided next");
    }

    @Test
    void shouldStartAnewWhatWouldBeStartedInAnotherWay() {
        replan(Specs.worker(0, "db").build(), Specs.worker(1, "web").launch(7).build());
        assertEquals(List.of("signal 1#1 TERM group"), driver.did());
        assertEquals(EventType.RELOADED, driver.recorded().get(0));
        driver.exited(1, 0);
        assertEquals(List.of("spawn 1#2"), driver.did());
        assertEquals(7, driver.child(1).launchedAs());
        driver.toReady(1);
        replan(Specs.worker(0, "db").build(), Specs.worker(1, "web").launch(7).build());
        assertEquals(List.of(), driver.did(), "it runs as planned by now");
    }

    /** A reload stopped the database first, under an application that was to be stopped as well. */
    @Test
    void shouldEndDependentsFirstWhereBothWouldBeStartedInAnotherWay() {
        replan(
                Specs.worker(0, "db").launch(1).build(),
                Specs.worker(1, "web")
                        .dependsOn(0, Dependency.Condition.READY)
                        .launch(1)
                        .build());
        assertEquals(List.of("signal 1#1 TERM group"), driver.did());
        driver.exited(1, 0);
        assertEquals(List.of("signal 0#1 TERM group"), driver.did());
        driver.exited(0, 0);
        assertEquals(List.of("spawn 0#2"), driver.did());
        driver.toReady(0);
        assertEquals(2, driver.child(1).incarnation());
    }

    /** What is down is not launched before it is settled which of those that it needs go down. */
    @Test
    void shouldNotLaunchADependentBesideWhatIsToEnd() {
        driver.exited(1, 1).exited(1, 1).toReady(1).exited(1, 1);
        assertEquals(ChildPhase.BACKOFF, driver.phase(1));
        driver.did();
        replan(
                Specs.worker(0, "db").launch(1).build(),
                Specs.worker(1, "web")
                        .dependsOn(0, Dependency.Condition.READY)
                        .launch(1)
                        .build());
        assertEquals(List.of("signal 0#1 TERM group"), driver.did());
        assertEquals(ChildPhase.WAITING, driver.phase(1));
    }

    @Test
    void shouldKeepStatesByNameWhateverTheOrder() {
        ChildState db = driver.child(0);
        ChildState web = driver.child(1);
        replan(
                Specs.worker(0, "cache").build(),
                Specs.worker(1, "web").build(),
                Specs.worker(2, "db").build());
        assertEquals(web.pid(), driver.child(1).pid());
        assertEquals(db.pid(), driver.child(2).pid());
        assertEquals(ChildPhase.READY, driver.phase(2));
        assertEquals(List.of("spawn 0#1"), driver.did());
    }

    @Test
    void shouldLaunchANewChildOnlyWhenItsDependenciesHold() {
        replan(
                Specs.worker(0, "db").launch(1).build(),
                Specs.worker(1, "web").build(),
                Specs.worker(2, "new").dependsOn(0, Dependency.Condition.READY).build());
        assertEquals(List.of("signal 0#1 TERM group"), driver.did());
        assertEquals(ChildPhase.WAITING, driver.phase(2));
        driver.exited(0, 0).toReady(0);
        assertEquals(List.of("spawn 2#1"), driver.did());
    }

    @Test
    void shouldLetGoOfAChildThatIsDown() {
        driver.stop(1).exited(1, 0);
        replan(Specs.worker(0, "db").build());
        assertEquals(1, driver.state.children().size());
        assertEquals(ChildPhase.READY, driver.phase(0));
    }

    @Test
    void shouldRefuseToForgetAProcess() {
        assertThrows(
                IllegalArgumentException.class,
                () -> replan(Specs.worker(0, "db").build()));
        assertThrows(
                IllegalArgumentException.class,
                () -> replan(
                        Specs.worker(0, "db").build(), Specs.command(1, "web").build()),
                "a command is not the worker of that name");
    }

    @Test
    void shouldNotReuseIncarnationsOfAnotherKind() {
        driver.stop(1).exited(1, 0);
        replan(Specs.worker(0, "db").build(), Specs.command(1, "web").build());
        assertEquals(List.of("spawn 1#2"), driver.did());
    }

    /** A reload stopped the command that had the name, and the child that then serves the others was never launched. */
    @Test
    void shouldNotTakeWhatServesOthersForACommandOfItsName() {
        Driver old = Driver.running(
                Specs.worker(0, "db").build(), Specs.command(1, "prober").build());
        old.stop(1).exited(1, 0);
        assertEquals(ChildPhase.STOPPED, old.phase(1));
        old.did();
        ChildSpec prober = Specs.command(1, "prober")
                .restart(RestartPolicy.ALWAYS)
                .maxRestarts(ChildSpec.UNLIMITED)
                .auxiliary()
                .build();
        old.step(new Event.Replanned(List.of(Specs.worker(0, "db").build(), prober), List.of(0L, 0L), old.nowNs));
        assertEquals(List.of("spawn 1#2"), old.did());
    }

    /** The instance ended while what a reload had brought into one of its groups ran. */
    @Test
    void shouldTakeNoGroupForDoneThatHasANewMember() {
        List<GroupSpec> groups = List.of(
                group(0, "", GroupSpec.NO_PARENT, AutoShutdown.ALL_SIGNIFICANT),
                group(1, "edge", 0, AutoShutdown.ANY_SIGNIFICANT));
        ChildSpec task = Specs.command(0, "task").in(1).significant().build();
        ChildSpec main = Specs.command(1, "main").significant().build();
        Driver grouped =
                new Driver(groups, task, main).begin().toReady(0).toReady(1).exited(0, 0);
        assertTrue(grouped.state.groups().get(1).done());
        grouped.step(new Event.Replanned(
                List.of(task, main, Specs.command(2, "late").in(1).significant().build()),
                List.of(0L, 0L, 0L),
                groups,
                grouped.nowNs));
        grouped.toReady(2).exited(1, 0);
        assertEquals(SupervisorState.Phase.RUNNING, grouped.state.phase());
        grouped.exited(2, 0);
        assertEquals(SupervisorState.Phase.DONE, grouped.state.phase());
    }

    @Test
    void shouldTakeNoGroupForDoneThatHasANewMemberAfterADeathOfTheRoot() {
        List<GroupSpec> groups = List.of(
                group(0, "", GroupSpec.NO_PARENT, AutoShutdown.ALL_SIGNIFICANT),
                group(1, "edge", 0, AutoShutdown.ANY_SIGNIFICANT));
        ChildSpec task = Specs.command(0, "task").in(1).significant().build();
        ChildSpec main = Specs.command(1, "main").significant().build();
        ChildSpec late = Specs.command(2, "late").in(1).significant().build();
        Driver grouped =
                new Driver(groups, task, main).begin().toReady(0).toReady(1).exited(0, 0);
        List<@Nullable ChildState> recorded = new ArrayList<>(grouped.state.children());
        recorded.add(null);
        grouped.state = SupervisorState.resumed(
                grouped.state.groups(), List.of(task, main, late), recorded, List.of(0L, 0L, 0L), false, grouped.nowNs);
        grouped.adopted(1).begin().toReady(2).exited(1, 0);
        assertEquals(SupervisorState.Phase.RUNNING, grouped.state.phase());
        grouped.exited(2, 0);
        assertEquals(SupervisorState.Phase.DONE, grouped.state.phase());
    }

    private static GroupSpec group(int index, String name, int parent, AutoShutdown autoShutdown) {
        return new GroupSpec(
                index,
                name,
                parent,
                Strategy.ONE_FOR_ONE,
                ChildSpec.UNLIMITED,
                60 * Specs.SECOND,
                Backoff.NONE,
                autoShutdown,
                parent != GroupSpec.NO_PARENT,
                true,
                false);
    }

    /** One that comes back goes on with its numbers, or what its segment says of the last one would count for it. */
    @Test
    void shouldNotReuseIncarnationsOfAChildThatIsBack() {
        driver.step(new Event.Replanned(
                List.of(
                        Specs.worker(0, "db").build(),
                        Specs.worker(1, "web").build(),
                        Specs.worker(2, "back").build()),
                List.of(9L, 9L, 41L),
                driver.nowNs));
        assertEquals(List.of("spawn 2#42"), driver.did());
        assertEquals(1, driver.child(0).incarnation(), "of one that is there its own count is right");
    }

    @Test
    void shouldNotUndoAnOperatorsStop() {
        driver.stop(1).exited(1, 0);
        replan(Specs.worker(0, "db").build(), Specs.worker(1, "web").launch(7).build());
        assertEquals(ChildPhase.STOPPED, driver.phase(1));
        assertEquals(List.of(), driver.did());
        driver.start(1);
        assertEquals(7, driver.child(1).launchedAs());
    }

    @Test
    void shouldTryAChangedChildThatHadFailedOnceMore() {
        Driver failing = Driver.running(
                Specs.worker(0, "db").restart(RestartPolicy.NEVER).build());
        failing.exited(0, 1);
        assertEquals(ChildPhase.FAILED, failing.phase(0));
        ChildSpec same = Specs.worker(0, "db").restart(RestartPolicy.ALWAYS).build();
        failing.step(new Event.Replanned(List.of(same), NEW, failing.nowNs));
        assertEquals(ChildPhase.FAILED, failing.phase(0));
        ChildSpec mended = Specs.worker(0, "db").launch(1).build();
        failing.step(new Event.Replanned(List.of(mended), NEW, failing.nowNs));
        assertEquals(List.of("spawn 0#2"), failing.did());
    }

    @Test
    void shouldAbandonAChangedChildThatIsHeld() {
        Driver held = new Driver(Specs.worker(0, "db").build()).begin().toHeld(0);
        held.step(new Event.Replanned(List.of(Specs.worker(0, "db").launch(1).build()), NEW, held.nowNs));
        assertEquals(List.of("abandon 0#1"), held.did());
        held.exited(0, 125);
        assertEquals(List.of("spawn 0#2"), held.did());
    }

    @Test
    void shouldChangeNothingDuringAShutdown() {
        driver.shutdown();
        SupervisorState before = driver.state;
        replan(Specs.worker(0, "db").launch(7).build());
        assertSame(before, driver.state);
        assertTrue(driver.recorded().isEmpty());
    }

    /** A manifest that was changed while no root was there counts as a reload. */
    @Test
    void shouldStartAnewWhatHasChangedWhenARootTakesOver() {
        List<ChildSpec> changed = List.of(
                Specs.worker(0, "db").build(), Specs.worker(1, "web").launch(7).build());
        driver.state = SupervisorState.resumed(
                changed, List.of(driver.child(0), driver.child(1)), List.of(0L, 0L), false, driver.nowNs);
        driver.adopted(0).adopted(1);
        assertEquals(List.of(), driver.did());
        driver.begin();
        assertEquals(List.of("signal 1#1 TERM group"), driver.did());
    }

    private static GroupSpec group(int index, String name) {
        return new GroupSpec(
                index,
                name,
                index == GroupSpec.OUTERMOST ? GroupSpec.NO_PARENT : GroupSpec.OUTERMOST,
                Strategy.ONE_FOR_ALL,
                3,
                60 * Specs.SECOND,
                Backoff.NONE,
                AutoShutdown.NEVER,
                false,
                true,
                false);
    }

    private static ChildSpec in(int group, int index, String name) {
        return Specs.command(index, name).in(group).backoff(Backoff.NONE).build();
    }

    /** The second of two groups; one of its members has died and waits for the other. */
    private static Driver restarting() {
        Driver grouped = new Driver(
                        List.of(group(0, ""), group(1, "edge"), group(2, "core")), in(2, 0, "db"), in(2, 1, "web"))
                .begin();
        return grouped.toReady(0).toReady(1).exited(1, 1);
    }

    @Test
    void shouldGoOnWithARestartOfAGroupUnderItsNewIndex() {
        Driver grouped = restarting();
        assertEquals(1, grouped.state.groups().get(2).failures().recentNs().size());
        grouped.step(new Event.Replanned(
                List.of(in(1, 0, "db"), in(1, 1, "web")),
                List.of(0L, 0L),
                List.of(group(0, ""), group(1, "core")),
                grouped.nowNs));
        assertEquals(1, grouped.state.groups().get(1).failures().recentNs().size());
        assertEquals(List.of(), grouped.did());
        assertEquals(ChildPhase.WAITING, grouped.phase(1));
        assertEquals(List.of("spawn 0#2", "spawn 1#2"), grouped.signaled(0, 15).did());
    }

    @Test
    void shouldWaitForNobodyWhenTheGroupIsNoMore() {
        Driver grouped = restarting();
        grouped.step(new Event.Replanned(
                List.of(in(1, 0, "db"), in(1, 1, "web")),
                List.of(0L, 0L),
                List.of(group(0, ""), group(1, "edge")),
                grouped.nowNs));
        assertEquals(List.of("spawn 1#2"), grouped.did());
        assertEquals(FailureHistory.EMPTY, grouped.state.groups().get(1).failures());
    }
}
