package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Ends of processes at their bounds: of times, of phases, and of what was asked for before. */
class EndsTest {
    private static Driver probeFailed(Driver driver) {
        return driver.step(new Event.ProbeFailed(0, driver.child(0).incarnation(), "tcp 80: refused", driver.nowNs));
    }

    private static Driver probed(long shutdownTimeoutNs) {
        return new Driver(Specs.command(0, "db")
                        .probed()
                        .shutdownTimeoutNs(shutdownTimeoutNs)
                        .build())
                .begin();
    }

    @Test
    void shouldEndByAFailedProbeOnlyWhatStartsOrIsReady() {
        Driver driver = probed(10 * Specs.SECOND).toStarting(0);
        assertEquals(List.of("signal 0#1 TERM group"), probeFailed(driver).did());
        SupervisorState stopping = driver.state;
        assertSame(stopping, probeFailed(driver).state);
    }

    @Test
    void shouldKillAtOnceByAFailedProbeWithAShutdownTimeoutOfZero() {
        assertEquals(List.of("kill 0#1"), probeFailed(probed(0).toReady(0)).did());
    }

    /** It has no threads that anybody could have dumped. */
    @Test
    void shouldKillACommandThatIsHungAtOnce() {
        ChildSpec plain = Specs.command(0, "db").build();
        ChildSpec beating = new ChildSpec(
                0,
                "db",
                false,
                5 * Specs.SECOND,
                StartTimeouts.NONE,
                plain.restart(),
                plain.maxRestarts(),
                plain.periodNs(),
                plain.backoff(),
                plain.poison(),
                plain.shutdownSignal(),
                plain.shutdownTimeoutNs(),
                false,
                List.of(),
                0,
                0,
                ExitRules.NONE,
                Membership.PLAIN,
                false,
                false);
        assertEquals(
                List.of("kill 0#1"), Driver.running(beating).heartbeatLost(0).did());
    }

    @Test
    void shouldTakeADeathForTheOperatorsUntilTheTimeOfAShutdownIsOver() {
        Driver driver = Driver.running(Specs.command(0, "db").build());
        driver.kill(0, "USR1", 10).after(10 * Specs.SECOND).exited(0, 1);
        assertEquals(0, driver.child(0).failureCount());
        driver.toReady(0).kill(0, "USR1", 10).after(10 * Specs.SECOND + 1).exited(0, 1);
        assertEquals(1, driver.child(0).failureCount());
    }

    /** What died together does not come back together, and not each time alike. */
    @Test
    void shouldDrawTheJitterOfEachChildAndTimeAnew() {
        Backoff jitter = new Backoff(Specs.SECOND, 1, Specs.SECOND, 60 * Specs.SECOND, 1);
        Driver driver = Driver.running(
                Specs.command(0, "a").backoff(jitter).build(),
                Specs.command(1, "b").backoff(jitter).build());
        driver.exited(0, 1).exited(1, 1).toReady(0).toReady(1).exited(0, 1).exited(1, 1);
        long first = driver.child(0).backoffUntilNs() - driver.nowNs;
        assertNotEquals(first, driver.child(1).backoffUntilNs() - driver.nowNs);
        while (driver.phase(0) == ChildPhase.BACKOFF) {
            driver.toDeadline();
        }
        driver.toReady(0).after(7).exited(0, 1);
        assertNotEquals(first, driver.child(0).backoffUntilNs() - driver.nowNs);
    }

    @Test
    void shouldForgetAnAbandonedSpawnThatFailed() {
        Driver driver =
                new Driver(Specs.command(0, "a").build()).begin().stop(0).spawnFailed(0);
        assertEquals(ChildPhase.STOPPED, driver.phase(0));
        assertFalse(driver.child(0).stopAsked());
        assertEquals(
                List.of("ok 1", "spawn 0#2"),
                driver.start(0).did().stream().sorted().toList());
        driver.restart(0);
        assertEquals(ChildPhase.ABANDONING, driver.phase(0));
        assertEquals(List.of("spawn 0#3"), driver.spawnFailed(0).did());
        assertEquals(0, driver.child(0).failureCount());
    }

    @Test
    void shouldStartWithACleanSlateWhateverItWasStoppedIn() {
        Driver driver = Driver.running(
                Specs.command(0, "db").backoff(Backoff.NONE).build(),
                Specs.command(1, "web")
                        .backoff(Backoff.NONE)
                        .dependsOn(0, Dependency.Condition.READY)
                        .build());
        driver.exited(0, 1).toReady(0).exited(1, 1).toReady(1);
        driver.start(0);
        assertEquals(1, driver.child(0).failureCount(), "it was up anyway");
        driver.stop(1).start(1);
        assertEquals(0, driver.child(1).failureCount(), "while it is being stopped");
        driver.signaled(1, 15).toReady(1);

        driver.stop(0).signaled(0, 15).exited(1, 1);
        assertEquals(ChildPhase.WAITING, driver.phase(1));
        assertEquals(1, driver.child(1).failureCount());
        assertEquals(0, driver.start(1).child(1).failureCount(), "while it waits");
    }

    @Test
    void shouldKeepItsSlateWhereAStartComesWhileItIsRestarted() {
        Driver driver = Driver.running(Specs.worker(0, "db").build());
        driver.exited(0, 1).toReady(0).heartbeatLost(0);
        driver.start(0);
        assertEquals(1, driver.child(0).failureCount(), "it was wanted up");
    }

    /** Nobody who is on its way down is waited for by one that an operator wants down. */
    @Test
    void shouldKeepTheOrderOfAShutdownAlsoForWhatAnOperatorStops() {
        Driver driver = Driver.running(
                Specs.worker(0, "db").build(),
                Specs.worker(1, "web").dependsOn(0, Dependency.Condition.READY).build());
        driver.heartbeatLost(1).shutdown();
        assertEquals(List.of(), driver.did(), "it waits for its dependent");
        driver.stop(0);
        assertEquals(List.of("ok 1"), driver.did(), "it still waits");
        assertEquals(List.of("signal 0#1 TERM group"), driver.signaled(1, 9).did());
    }

    @Test
    void shouldHaveNoDeadlineWhereAnAdoptedOneMayTakeAsLongAsItLikes() {
        Driver driver = new Driver(
                        Specs.worker(0, "db").startTimeouts(StartTimeouts.NONE).build())
                .begin()
                .toStarting(0)
                .dieAndResume();
        assertEquals(ChildState.NEVER, driver.child(0).deadlineNs());
    }

    @Test
    void shouldForgetThatAnEndWasAskedForOfWhatNeverCame() {
        Driver driver =
                new Driver(Specs.command(0, "a").build()).begin().restart(0).dieAndResume();
        assertEquals(ChildPhase.WAITING, driver.phase(0));
        assertFalse(driver.child(0).stopAsked());
        assertEquals(List.of("spawn 0#2"), driver.begin().did());
    }
}
