package io.coppice.supervisor.core;

import static io.coppice.supervisor.core.Specs.MS;
import static io.coppice.supervisor.core.Specs.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class RestartLimitsTest {
    private static final ChildSpec BYSTANDER = Specs.command(1, "bystander").build();

    private static Driver driver(Specs spec) {
        return Driver.running(spec.build(), BYSTANDER);
    }

    @Test
    void shouldWaitLongerBeforeEachRestartOfAStreak() {
        Driver driver = driver(Specs.worker(0, "ingest").maxRestarts(ChildSpec.UNLIMITED));
        driver.exited(0, 1);
        assertEquals(ChildPhase.SPAWNING, driver.phase(0), "the first restart is immediate");
        long[] delaysMs = {10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10_000, 10_000};
        for (long delayMs : delaysMs) {
            driver.toReady(0).exited(0, 1);
            assertEquals(driver.nowNs + delayMs * MS, driver.child(0).backoffUntilNs());
            driver.toDeadline();
            assertEquals(ChildPhase.SPAWNING, driver.phase(0));
        }
        assertEquals(13, driver.child(0).restarts());
    }

    @Test
    void shouldCountARestartWhenItIsLaunchedNotWhenItIsDecided() {
        Driver driver = driver(Specs.worker(0, "ingest").maxRestarts(ChildSpec.UNLIMITED));
        driver.exited(0, 1);
        assertEquals(1, driver.child(0).restarts(), "the first restart is immediate");
        driver.toReady(0).exited(0, 1);
        assertEquals(PublishedState.BACKOFF, driver.child(0).state());
        assertEquals(1, driver.child(0).restarts(), "in backoff");
        driver.toDeadline();
        assertEquals(2, driver.child(0).restarts());
    }

    @Test
    void shouldNotCountARestartThatAnOperatorForestalled() {
        Driver stopped = driver(Specs.worker(0, "ingest").maxRestarts(ChildSpec.UNLIMITED));
        stopped.exited(0, 1).toReady(0).exited(0, 1).stop(0).start(0);
        assertEquals(ChildPhase.SPAWNING, stopped.phase(0));
        assertEquals(1, stopped.child(0).restarts(), "stopped in backoff, then started");
        Driver started = driver(Specs.worker(0, "ingest").maxRestarts(ChildSpec.UNLIMITED));
        started.exited(0, 1).toReady(0).exited(0, 1).start(0);
        assertEquals(ChildPhase.SPAWNING, started.phase(0));
        assertEquals(1, started.child(0).restarts(), "started in backoff");
    }

    @Test
    void shouldForgetTheStreakOnceReadyForResetAfter() {
        Driver driver = driver(Specs.worker(0, "ingest").maxRestarts(ChildSpec.UNLIMITED));
        driver.exited(0, 1).toReady(0).exited(0, 1).toDeadline().toReady(0);
        driver.after(60 * SECOND - 1).exited(0, 1);
        assertEquals(driver.nowNs + 20 * MS, driver.child(0).backoffUntilNs(), "one nanosecond short");
        driver.toDeadline().toReady(0).after(60 * SECOND).exited(0, 1);
        assertEquals(ChildPhase.SPAWNING, driver.phase(0));
    }

    @Test
    void shouldNotForgetTheStreakOfAChildThatNeverBecomesReady() {
        Driver driver = driver(
                Specs.worker(0, "ingest").maxRestarts(ChildSpec.UNLIMITED).startTimeouts(StartTimeouts.NONE));
        driver.exited(0, 1).toStarting(0).after(1_000 * SECOND).exited(0, 1);
        assertEquals(driver.nowNs + 10 * MS, driver.child(0).backoffUntilNs());
    }

    @Test
    void shouldGiveUpAfterMoreThanMaxRestartsWithinThePeriod() {
        Driver driver = driver(Specs.worker(0, "ingest").backoff(Backoff.NONE));
        for (int i = 0; i < 5; i++) {
            driver.signaled(0, 11).toReady(0);
        }
        assertEquals(5, driver.child(0).failureCount());
        driver.signaled(0, 11);
        assertEquals(PublishedState.FAILED, driver.child(0).state());
        assertEquals(Wanted.UP, driver.child(0).wanted());
        assertEquals(ExitKind.SIGNAL, driver.lastExit(0).kind());
        assertEquals(List.of(EventType.EXITED, EventType.FAILED), driver.recorded());
        String text = driver.records().get(1).text();
        assertEquals("gave up: 6 failures within 60 s, 5 restarts allowed; last: signal SEGV", text);
        assertEquals(ChildPhase.READY, driver.phase(1), "the others live on");
        assertEquals(SupervisorState.Phase.RUNNING, driver.state.phase());
    }

    @Test
    void shouldForgetFailuresThatAreAPeriodOld() {
        Driver driver = driver(Specs.worker(0, "ingest").backoff(Backoff.NONE).maxRestarts(1));
        driver.exited(0, 1).toReady(0).after(60 * SECOND).exited(0, 1);
        assertEquals(ChildPhase.SPAWNING, driver.phase(0));
        driver.toReady(0).after(60 * SECOND - 1).exited(0, 1);
        assertEquals(ChildPhase.FAILED, driver.phase(0));
    }

    @Test
    void shouldNeverRestartWithMaxRestartsZero() {
        Driver driver = driver(Specs.worker(0, "ingest").maxRestarts(0));
        driver.exited(0, 1);
        assertEquals(ChildPhase.FAILED, driver.phase(0));
    }

    @Test
    void shouldNeverGiveUpWithUnlimitedRestarts() {
        Driver driver = driver(
                Specs.worker(0, "ingest").maxRestarts(ChildSpec.UNLIMITED).backoff(Backoff.NONE));
        for (int i = 0; i < 10_000; i++) {
            driver.exited(0, 1).toReady(0);
        }
        assertEquals(10_000, driver.child(0).restarts());
        assertEquals(0, driver.child(0).failureCount(), "and remembers nothing for it");
    }

    @Test
    void shouldCountASuccessThatIsAlwaysRestartedAsARestart() {
        Driver driver =
                driver(Specs.worker(0, "ingest").restart(RestartPolicy.ALWAYS).maxRestarts(2));
        driver.exited(0, 0).toReady(0).exited(0, 0).toDeadline().toReady(0).exited(0, 0);
        assertEquals(ChildPhase.FAILED, driver.phase(0));
        assertEquals(0, driver.lastExit(0).code());
    }

    @Test
    void shouldFailAtOnceAWorkerThatAsksNotToBeRestarted() {
        Driver driver = driver(Specs.worker(0, "ingest").restart(RestartPolicy.ALWAYS));
        driver.died(0, new ExitStatus.Exited(78), "java.lang.IllegalStateException: poisoned");
        assertEquals(ChildPhase.FAILED, driver.phase(0));
        assertEquals(ExitKind.EXCEPTION, driver.lastExit(0).kind());
        assertTrue(driver.records().get(1).text().contains("poisoned"));
    }

    @Test
    void shouldKeepDeadlinesWithinTheClockWhenDelaysAreHuge() {
        Backoff huge = new Backoff(Long.MAX_VALUE, 2, Long.MAX_VALUE, Long.MAX_VALUE, 0);
        Driver driver = driver(Specs.worker(0, "ingest").backoff(huge).maxRestarts(ChildSpec.UNLIMITED));
        driver.exited(0, 1).toReady(0).exited(0, 1);
        assertEquals(ChildPhase.BACKOFF, driver.phase(0));
        assertEquals(ChildState.NEVER, driver.state.nextDeadlineNs());
    }

    @Test
    void shouldStopCountingTheStreakAtTheLargestInt() {
        FailureHistory history = new FailureHistory(List.of(), Integer.MAX_VALUE);
        assertEquals(Integer.MAX_VALUE, history.withRestart().streak());
        assertEquals(0, history.withoutStreak().streak());
    }
}
