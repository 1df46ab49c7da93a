package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Dependents that are restarted with what they depend on, and those that are kept. */
class DependentsTest {
    private static final int DB = 0;
    private static final int WEB = 1;
    private static final int KEPT = 2;

    private static Driver running() {
        Driver driver = new Driver(
                        Specs.worker(DB, "db").build(),
                        Specs.command(WEB, "web").restartedWith(DB).build(),
                        Specs.command(KEPT, "kept")
                                .dependsOn(DB, Dependency.Condition.READY)
                                .build())
                .begin();
        return driver.toReady(DB).toReady(WEB).toReady(KEPT);
    }

    @Test
    void shouldRestartThemWhenItDies() {
        Driver driver = running().exited(DB, 1);
        assertEquals(
                List.of("spawn 0#2", "signal 1#1 TERM group"),
                driver.did().stream().sorted((a, b) -> b.compareTo(a)).toList());
        driver.signaled(WEB, 15);
        assertEquals(ChildPhase.WAITING, driver.phase(WEB));
        driver.toReady(DB);
        assertEquals(ChildPhase.SPAWNING, driver.phase(WEB));
        assertEquals(1, driver.child(WEB).restarts());
        assertEquals(0, driver.child(WEB).failureCount());
        assertEquals(1, driver.child(KEPT).incarnation());
    }

    @Test
    void shouldEndThemBeforeItWhenAnOperatorRestartsIt() {
        Driver driver = running().restart(DB);
        assertEquals(List.of("signal 1#1 TERM group", "ok 1"), driver.did());
        assertEquals(ChildPhase.READY, driver.phase(DB));
        assertEquals(List.of("signal 0#1 TERM group"), driver.signaled(WEB, 15).did());
        assertEquals(
                List.of("waits for db to be ready; it is ready, but about to be ended"),
                driver.records().stream()
                        .filter(record -> record.type() == EventType.WAITING)
                        .map(Command.RecordEvent::text)
                        .toList());
        assertEquals(List.of("spawn 0#2"), driver.exited(DB, 143).did());
        driver.toReady(DB);
        assertEquals(ChildPhase.SPAWNING, driver.phase(WEB));
    }

    /** Both go down with what died; the first of them was told before it was seen that the second needs it. */
    @Test
    void shouldEndThemInReverseOrderAmongThemselves() {
        Driver driver = new Driver(
                        Specs.worker(DB, "db").build(),
                        Specs.command(WEB, "web").restartedWith(DB).build(),
                        Specs.command(2, "proxy")
                                .restartedWith(DB)
                                .dependsOn(WEB, Dependency.Condition.READY)
                                .build())
                .begin()
                .toReady(DB)
                .toReady(WEB)
                .toReady(2);
        assertEquals(
                List.of("spawn 0#2", "signal 2#1 TERM group"),
                driver.exited(DB, 1).did());
        assertEquals(List.of("signal 1#1 TERM group"), driver.signaled(2, 15).did());
    }

    @Test
    void shouldKeepThemWaitingWhileItIsStopped() {
        Driver driver = running().stop(DB).signaled(WEB, 15).exited(DB, 143);
        assertEquals(ChildPhase.STOPPED, driver.phase(DB));
        assertEquals(ChildPhase.WAITING, driver.phase(WEB));
        assertEquals(Wanted.UP, driver.child(WEB).wanted());
        driver.start(DB).toReady(DB);
        assertEquals(ChildPhase.SPAWNING, driver.phase(WEB));
    }

    @Test
    void shouldNotMindThatItDiesWhileItWaitsForThem() {
        Driver driver = running().restart(DB).exited(DB, 1);
        assertEquals(0, driver.child(DB).failureCount(), "it was to end anyway");
        assertEquals(List.of("spawn 0#2"), driver.did());
    }

    @Test
    void shouldWaitForHealth() {
        Driver driver = new Driver(
                        Specs.command(DB, "db").probed().build(),
                        Specs.command(WEB, "web")
                                .dependsOn(DB, Dependency.Condition.HEALTHY)
                                .build())
                .begin()
                .toStarting(DB);
        assertEquals(ChildPhase.STARTING, driver.phase(DB), "a probe says when it is ready");
        driver.becameReady(DB);
        assertEquals(ChildPhase.SPAWNING, driver.phase(WEB));
        driver.toReady(WEB);
        driver.step(new Event.HealthChanged(DB, 1, false, "tcp 5432: refused", driver.nowNs));
        assertEquals(List.of(EventType.UNHEALTHY), driver.recorded());
        driver.exited(WEB, 1);
        assertEquals(ChildPhase.WAITING, driver.phase(WEB));
        driver.step(new Event.HealthChanged(DB, 1, true, "tcp 5432", driver.nowNs));
        assertEquals(ChildPhase.SPAWNING, driver.phase(WEB));
    }

    @Test
    void shouldTakeAFailedProbeForAFailure() {
        Driver driver =
                new Driver(Specs.command(DB, "db").probed().build()).begin().toReady(DB);
        driver.step(new Event.ProbeFailed(DB, 1, "tcp 5432: refused, 3 times", driver.nowNs));
        assertEquals(List.of("signal 0#1 TERM group"), driver.did());
        driver.exited(DB, 0);
        assertEquals(ExitKind.UNHEALTHY, driver.lastExit(DB).kind());
        assertEquals(1, driver.child(DB).failureCount());
        assertEquals(ChildPhase.SPAWNING, driver.phase(DB));
    }

    /** Found by the simulator: what it had died of before a stop that was still to come went on counting. */
    @Test
    void shouldStartAfreshAfterAStopThatWaitedForDependents() {
        Driver driver = running().exited(DB, 1).signaled(WEB, 15).toReady(DB).toReady(WEB);
        assertEquals(1, driver.child(DB).failureCount());
        driver.stop(DB);
        assertEquals(ChildPhase.READY, driver.phase(DB), "it waits for its dependent");
        driver.start(DB);
        assertEquals(0, driver.child(DB).failureCount());
        driver.signaled(WEB, 15).exited(DB, 143);
        assertEquals(ChildPhase.SPAWNING, driver.phase(DB));
    }

    @Test
    void shouldEndOneThatStillStartsOnceItsDependentsHaveEnded() {
        Driver driver = new Driver(
                        Specs.command(DB, "db").probed().build(),
                        Specs.command(WEB, "web")
                                .restartedWith(DB, Dependency.Condition.STARTED)
                                .build())
                .begin()
                .toStarting(DB)
                .toReady(WEB);
        driver.stop(DB);
        assertEquals(ChildPhase.STARTING, driver.phase(DB), "it waits for its dependent");
        driver.signaled(WEB, 15);
        assertEquals(List.of("signal 0#1 TERM group"), driver.did());
    }

    /** Found by the simulator: the stop of what had completed ended those that had started by it. */
    @Test
    void shouldNotEndThemByTheStopOfWhatDoesNotRun() {
        Driver driver = running().exited(DB, 0);
        assertEquals(ChildPhase.COMPLETED, driver.phase(DB));
        driver.stop(DB);
        assertEquals(List.of("ok 1"), driver.did());
        assertEquals(ChildPhase.READY, driver.phase(WEB));
    }

    /** Found by the simulator: one that a successor took for held, and that ran, missed the death of what it depends on. */
    @Test
    void shouldRestartOneThatWasTakenForHeldAndRuns() {
        Driver driver = new Driver(
                        Specs.worker(DB, "db").build(),
                        Specs.worker(WEB, "web").restartedWith(DB).build())
                .begin()
                .toReady(DB)
                .toHeld(WEB);
        driver.dieAndResume().adopted(DB).adopted(WEB).begin().exited(DB, 1);
        assertEquals(ChildPhase.ABANDONING, driver.phase(WEB));
        driver.becameReady(WEB);
        assertEquals(ChildPhase.STOPPING, driver.phase(WEB), driver.did().toString());
        driver.exited(WEB, 143);
        assertEquals(ChildPhase.WAITING, driver.phase(WEB));
    }
}
