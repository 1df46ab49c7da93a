package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class StopTest {
    private static final ChildSpec BYSTANDER = Specs.command(1, "bystander").build();

    private final Driver driver = Driver.running(Specs.worker(0, "ingest").build(), BYSTANDER);

    @Test
    void shouldSendTheShutdownSignalToTheWholeGroupAndAnswerAtOnce() {
        driver.stop(0);
        assertEquals(List.of("signal 0#1 TERM group", "ok 1"), driver.did());
        assertEquals(PublishedState.STOPPING, driver.child(0).state());
        assertEquals(Wanted.DOWN, driver.child(0).wanted());
    }

    @Test
    void shouldNotUndoAnOperatorsStopByAnyPolicy() {
        for (RestartPolicy policy : RestartPolicy.values()) {
            Driver stopped =
                    Driver.running(Specs.worker(0, "ingest").restart(policy).build(), BYSTANDER);
            stopped.stop(0).exited(0, 1).after(100 * Specs.SECOND).tick();
            assertEquals(ChildPhase.STOPPED, stopped.phase(0), policy.toString());
            assertEquals(List.of(), stopped.did());
        }
    }

    @Test
    void shouldKillTheGroupAtTheStopTimeout() {
        driver.stop(0).toDeadline();
        assertEquals(Driver.START_NS + 10 * Specs.SECOND, driver.nowNs);
        assertEquals(List.of("kill 0#1"), driver.did());
        assertEquals(List.of(EventType.STOP_TIMEOUT), driver.recorded());
        driver.signaled(0, 9);
        assertEquals(ChildPhase.STOPPED, driver.phase(0));
    }

    @Test
    void shouldKillAtOnceWithAShutdownTimeoutOfZero() {
        Driver brutal =
                Driver.running(Specs.worker(0, "ingest").shutdownTimeoutNs(0).build());
        brutal.stop(0);
        assertEquals(List.of("kill 0#1", "ok 1"), brutal.did());
    }

    @Test
    void shouldRepeatAnUnansweredKillEverLessOften() {
        driver.stop(0).toDeadline();
        long killedNs = driver.nowNs;
        long[] ages = {10, 20, 40, 80};
        for (long age : ages) {
            driver.toDeadline();
            assertEquals(killedNs + age * Specs.SECOND, driver.nowNs);
            assertEquals(List.of("kill 0#1"), driver.did());
            assertEquals(List.of(EventType.KILL_UNANSWERED), driver.recorded());
        }
    }

    @Test
    void shouldAbandonAHeldChildAndWaitForItsEnd() {
        Driver held =
                new Driver(Specs.worker(0, "ingest").build(), BYSTANDER).begin().toHeld(0);
        held.stop(0);
        assertEquals(List.of("abandon 0#1", "ok 1"), held.did());
        assertEquals(PublishedState.STOPPING, held.child(0).state());
        held.exited(0, 125);
        assertEquals(ChildPhase.STOPPED, held.phase(0));
        assertEquals(null, held.child(0).lastExit());
    }

    @Test
    void shouldAbandonASpawnInFlight() {
        Driver spawning = new Driver(Specs.worker(0, "ingest").build(), BYSTANDER).begin();
        spawning.stop(0);
        assertEquals(List.of("abandon 0#1", "ok 1"), spawning.did());
        assertEquals(ChildState.NEVER, spawning.state.nextDeadlineNs(), "there is nothing to kill yet");
        spawning.spawned(0);
        assertEquals(List.of("abandon 0#1"), spawning.did());
        assertEquals(spawning.nowNs + 10 * Specs.SECOND, spawning.state.nextDeadlineNs());
        spawning.exited(0, 125);
        assertEquals(ChildPhase.STOPPED, spawning.phase(0));
    }

    @Test
    void shouldStopAChildWhoseReleaseOvertookTheStop() {
        Driver held =
                new Driver(Specs.worker(0, "ingest").build(), BYSTANDER).begin().toHeld(0);
        held.stop(0).released(0);
        assertEquals(List.of("signal 0#1 TERM group"), held.did());
        assertEquals(ChildPhase.STOPPING, held.phase(0));
    }

    @Test
    void shouldCancelABackoff() {
        driver.exited(0, 1).toReady(0).exited(0, 1);
        assertEquals(ChildPhase.BACKOFF, driver.phase(0));
        driver.stop(0);
        assertEquals(ChildPhase.STOPPED, driver.phase(0));
        assertEquals(ChildState.NEVER, driver.state.nextDeadlineNs());
    }

    @Test
    void shouldLeaveAFailedChildsStateForInspection() {
        driver.exited(0, 78).stop(0);
        assertEquals(ChildPhase.FAILED, driver.phase(0));
        assertEquals(Wanted.DOWN, driver.child(0).wanted());
    }

    @Test
    void shouldStartAStoppedChildWithACleanSlate() {
        driver.exited(0, 1).toReady(0).exited(0, 1);
        assertEquals(2, driver.child(0).failureCount());
        driver.stop(0).start(0);
        assertEquals(List.of("spawn 0#3", "ok 2"), driver.did());
        assertEquals(FailureHistory.EMPTY, driver.child(0).failures());
        assertEquals(1, driver.child(0).restarts(), "the total is not a counter of the policy");
    }

    @Test
    void shouldStartAFailedAndACompletedChildAgain() {
        driver.exited(0, 78).start(0);
        assertEquals(List.of("spawn 0#2", "ok 1"), driver.did());
        driver.toReady(0).exited(0, 0);
        assertEquals(ChildPhase.COMPLETED, driver.phase(0));
        driver.start(0);
        assertEquals(List.of("spawn 0#3", "ok 2"), driver.did());
    }

    @Test
    void shouldDoNothingToStartWhatRuns() {
        driver.start(0);
        assertEquals(List.of("ok 1"), driver.did());
        assertEquals(ChildPhase.READY, driver.phase(0));
    }

    @Test
    void shouldStartAgainAfterTheEndWhenStartComesWhileStopping() {
        driver.stop(0).start(0);
        assertEquals(List.of("ok 1"), driver.did());
        driver.exited(0, 0);
        assertEquals(List.of("spawn 0#2"), driver.did());
    }

    @Test
    void shouldRestartByStoppingFirst() {
        driver.restart(0);
        assertEquals(List.of("signal 0#1 TERM group", "ok 1"), driver.did());
        assertEquals(Wanted.UP, driver.child(0).wanted());
        driver.exited(0, 0);
        assertEquals(List.of("spawn 0#2"), driver.did());
        assertEquals(0, driver.child(0).failureCount());
        assertEquals(0, driver.child(0).restarts());
    }

    @Test
    void shouldRestartAHungChildWhateverItsPolicy() {
        Driver never = Driver.running(
                Specs.worker(0, "ingest").restart(RestartPolicy.NEVER).build(), BYSTANDER);
        never.heartbeatLost(0).restart(0).toDeadline().signaled(0, 9);
        assertEquals(List.of("spawn 0#2"), never.did());
        assertEquals(ExitKind.HANG, never.lastExit(0).kind());
    }

    @Test
    void shouldRestartAHeldChildByAbandoningIt() {
        Driver held =
                new Driver(Specs.worker(0, "ingest").build(), BYSTANDER).begin().toHeld(0);
        held.restart(0);
        assertEquals(List.of("abandon 0#1", "ok 1"), held.did());
        held.exited(0, 125);
        assertEquals(List.of("spawn 0#2"), held.did());
    }

    @Test
    void shouldLetTheLastWordOfTheOperatorStand() {
        driver.stop(0).start(0).restart(0).stop(0).exited(0, 0);
        assertEquals(ChildPhase.STOPPED, driver.phase(0));
        driver.start(0).stop(0).start(0).spawned(0).exited(0, 125);
        assertEquals(ChildPhase.SPAWNING, driver.phase(0));
    }
}
