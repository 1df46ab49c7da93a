package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class OperatorKillTest {
    private static final ChildSpec BYSTANDER = Specs.command(1, "bystander").build();

    private final Driver driver =
            Driver.running(Specs.worker(0, "ingest").maxRestarts(1).build(), BYSTANDER);

    @Test
    void shouldSendTheSignalToTheProcessAndSayWhichIncarnation() {
        driver.kill(0, "KILL", 9);
        assertEquals(List.of("signal 0#1 KILL", "ok 1"), driver.did());
        assertEquals(ChildPhase.READY, driver.phase(0));
        assertEquals(Wanted.UP, driver.child(0).wanted());
    }

    @Test
    void shouldRestartAtOnceAndNotCountHoweverOften() {
        for (int i = 0; i < 100; i++) {
            driver.kill(0, "KILL", 9).signaled(0, 9);
            assertEquals(ChildPhase.SPAWNING, driver.phase(0));
            driver.toReady(0);
        }
        assertEquals(FailureHistory.EMPTY, driver.child(0).failures());
        assertEquals(100, driver.child(0).restarts());
        assertEquals(ExitKind.SIGNAL, driver.lastExit(0).kind());
        assertEquals("signal KILL", driver.lastExit(0).text());
    }

    @Test
    void shouldCountAKillFromElsewhere() {
        driver.signaled(0, 9).toReady(0).signaled(0, 9);
        assertEquals(ChildPhase.FAILED, driver.phase(0));
    }

    @Test
    void shouldCountTheNextDeathAgain() {
        driver.kill(0, "KILL", 9).signaled(0, 9).toReady(0).signaled(0, 9);
        assertEquals(1, driver.child(0).failureCount());
    }

    @Test
    void shouldRestartAWorkerThatAnswersTermByAnOrderlyEnd() {
        driver.kill(0, "TERM", 15).after(Specs.SECOND).exited(0, 0);
        assertEquals(List.of("spawn 0#2"), driver.did());
        assertEquals(0, driver.child(0).failureCount());
    }

    @Test
    void shouldRecogniseAJvmsExitCodeForTheSignal() {
        driver.kill(0, "TERM", 15).after(1_000 * Specs.SECOND).exited(0, 143);
        assertEquals(0, driver.child(0).failureCount());
    }

    @Test
    void shouldTakeACompletionForOneDespiteAKillThatCameTooLate() {
        driver.kill(0, "KILL", 9).exited(0, 0);
        assertEquals(ChildPhase.COMPLETED, driver.phase(0));
    }

    @Test
    void shouldTakeACompletionForOneLongAfterASignalThatWasSurvived() {
        driver.kill(0, "TERM", 15).after(10 * Specs.SECOND + 1).exited(0, 0);
        assertEquals(ChildPhase.COMPLETED, driver.phase(0));
    }

    @Test
    void shouldNotTakeAThreadDumpForARequestToEnd() {
        driver.kill(0, "QUIT", 3).exited(0, 0);
        assertEquals(ChildPhase.COMPLETED, driver.phase(0));
    }

    @Test
    void shouldCountACrashLongAfterASignalThatWasSurvived() {
        driver.kill(0, "USR1", 10).after(10 * Specs.SECOND + 1).signaled(0, 11);
        assertEquals(1, driver.child(0).failureCount());
    }

    @Test
    void shouldRefuseToKillWhatHasNoProcess() {
        driver.stop(0).exited(0, 0).kill(0, "KILL", 9);
        assertEquals(new Outcome.Error(1, "it has no process, it is stopped"), driver.outcome());
        assertEquals(List.of("error"), driver.did());
    }

    @Test
    void shouldFailAKilledChildThatIsNeverRestarted() {
        Driver never = Driver.running(
                Specs.worker(0, "ingest").restart(RestartPolicy.NEVER).build(), BYSTANDER);
        never.kill(0, "KILL", 9).signaled(0, 9);
        assertEquals(ChildPhase.FAILED, never.phase(0));
    }

    @Test
    void shouldStayStoppedWhenKilledWhileStopping() {
        driver.stop(0).kill(0, "KILL", 9).signaled(0, 9);
        assertEquals(ChildPhase.STOPPED, driver.phase(0));
    }
}
