package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What only serves the others: it counts for nobody, comes back always, and keeps nothing alive. */
class AuxiliaryTest {
    private static final int JOB = 0;
    private static final int OTHER = 1;
    private static final int PROBER = 2;

    private static ChildSpec prober(int index) {
        return Specs.command(index, "prober")
                .restart(RestartPolicy.ALWAYS)
                .maxRestarts(ChildSpec.UNLIMITED)
                .auxiliary()
                .build();
    }

    private static Driver running(GroupSpec instance) {
        return new Driver(
                        List.of(instance),
                        Specs.command(JOB, "job").build(),
                        Specs.command(OTHER, "other").build(),
                        prober(PROBER))
                .begin()
                .toReady(JOB)
                .toReady(OTHER)
                .toReady(PROBER);
    }

    private static GroupSpec instance(Strategy strategy, int maxRestarts) {
        return new GroupSpec(
                GroupSpec.OUTERMOST,
                "",
                GroupSpec.NO_PARENT,
                strategy,
                maxRestarts,
                60 * Specs.SECOND,
                Backoff.NONE,
                AutoShutdown.NEVER,
                false,
                true,
                false);
    }

    @Test
    void shouldTakeNobodyAlongAndCountForNoGroup() {
        Driver driver = running(instance(Strategy.ONE_FOR_ALL, 0));
        for (int i = 0; i < 20; i++) {
            driver.signaled(PROBER, 9);
            if (driver.phase(PROBER) == ChildPhase.BACKOFF) {
                driver.toDeadline();
            }
            assertEquals(List.of("spawn 2#" + (i + 2)), driver.did());
            driver.toReady(PROBER);
        }
        assertEquals(1, driver.child(JOB).incarnation());
        assertEquals(1, driver.child(OTHER).incarnation());
        assertEquals(SupervisorState.Phase.RUNNING, driver.state.phase());
    }

    @Test
    void shouldNotBeTakenAlong() {
        Driver driver = running(instance(Strategy.ONE_FOR_ALL, 5)).exited(JOB, 1);
        assertEquals(List.of("signal 1#1 TERM group"), driver.did());
        assertEquals(ChildPhase.READY, driver.phase(PROBER));
    }

    @Test
    void shouldComeBackAlsoWhenItEndsInOrder() {
        Driver driver = running(GroupSpec.INSTANCE).exited(PROBER, 0);
        assertEquals(List.of("spawn 2#2"), driver.did());
    }

    @Test
    void shouldBeEndedWhenAllOthersHaveCompletedAndThenTheRoot() {
        Driver driver = running(GroupSpec.INSTANCE).exited(JOB, 0);
        assertEquals(List.of(), driver.did());
        driver.exited(OTHER, 0);
        assertEquals(List.of("signal 2#1 TERM group"), driver.did());
        assertEquals(List.of("exit 0"), driver.signaled(PROBER, 15).did());
    }

    /** A reload that took away the last child that was not done, and brought one that serves, launched that one and ended it at once. */
    @Test
    void shouldNotBeLaunchedToServeNobody() {
        Driver driver = new Driver(
                        Specs.command(JOB, "job").build(),
                        Specs.command(OTHER, "other").build())
                .begin()
                .toReady(JOB)
                .toReady(OTHER)
                .exited(JOB, 0)
                .stop(OTHER)
                .exited(OTHER, 0);
        driver.did();
        driver.step(new Event.Replanned(
                List.of(Specs.command(JOB, "job").build(), prober(OTHER)), List.of(0L, 0L), driver.nowNs));
        assertEquals(List.of("exit 0"), driver.did());
    }

    /** A reload started it in another way, and ended it in the same step. */
    @Test
    void shouldNotBeStartedAnewToServeNobody() {
        Driver driver = running(GroupSpec.INSTANCE)
                .exited(JOB, 0)
                .stop(OTHER)
                .signaled(OTHER, 15)
                .signaled(PROBER, 9)
                .toReady(PROBER)
                .signaled(PROBER, 9);
        assertEquals(ChildPhase.BACKOFF, driver.phase(PROBER));
        ChildSpec anew = Specs.command(OTHER, "prober")
                .restart(RestartPolicy.ALWAYS)
                .maxRestarts(ChildSpec.UNLIMITED)
                .auxiliary()
                .launch(7)
                .build();
        driver.step(
                new Event.Replanned(List.of(Specs.command(JOB, "job").build(), anew), List.of(0L, 0L), driver.nowNs));
        assertEquals(List.of("exit 0"), driver.did());
    }

    @Test
    void shouldNotBeWaitedForWhileItIsDown() {
        Driver driver =
                running(GroupSpec.INSTANCE).exited(JOB, 0).signaled(PROBER, 9).signaled(PROBER, 9);
        driver.toReady(PROBER).signaled(PROBER, 9);
        assertEquals(ChildPhase.BACKOFF, driver.phase(PROBER));
        assertEquals(List.of("exit 0"), driver.exited(OTHER, 0).did());
        assertEquals(ChildState.NEVER, driver.state.nextDeadlineNs(), "its restart is due no more");
        assertEquals(ChildPhase.STOPPED, driver.phase(PROBER));
    }

    @Test
    void shouldKeepTheInstanceNotAliveByFailedOnes() {
        Driver driver = running(GroupSpec.INSTANCE).exited(JOB, 0);
        driver.stop(OTHER).signaled(OTHER, 15);
        assertEquals(List.of(), driver.did(), "what is stopped has not completed");
        assertEquals(ChildPhase.READY, driver.phase(PROBER));
    }

    @Test
    void shouldBeStoppedWithTheInstance() {
        Driver driver = running(GroupSpec.INSTANCE).shutdown();
        assertEquals(
                List.of("signal 0#1 TERM group", "signal 1#1 TERM group", "signal 2#1 TERM group"),
                driver.did().stream().sorted().toList());
    }

    @Test
    void shouldDependOnNobodyAndAlwaysComeBack() {
        Specs mortal = Specs.command(1, "prober").auxiliary();
        assertThrows(IllegalArgumentException.class, mortal::build);
        Specs dependent = Specs.command(1, "prober")
                .restart(RestartPolicy.ALWAYS)
                .maxRestarts(ChildSpec.UNLIMITED)
                .dependsOn(0, Dependency.Condition.READY)
                .auxiliary();
        assertThrows(IllegalArgumentException.class, dependent::build);
        assertThrows(IllegalArgumentException.class, () -> new Membership(Membership.NO_GROUP, true, false));
    }
}
