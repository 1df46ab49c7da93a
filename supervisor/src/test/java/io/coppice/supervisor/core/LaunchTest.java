package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class LaunchTest {
    private final Driver worker = new Driver(Specs.worker(0, "ingest").build());

    @Test
    void shouldSpawnAtBegin() {
        worker.begin();
        assertEquals(List.of("spawn 0#1"), worker.did());
        assertEquals(PublishedState.HELD, worker.child(0).state());
        assertEquals(false, worker.child(0).hasProcess());
        assertEquals(List.of(EventType.ROOT_STARTED, EventType.SPAWNING), worker.recorded());
    }

    @Test
    void shouldReleaseOnlyInTheStepThatRecordsThePid() {
        worker.begin().spawned(0);
        assertEquals(List.of("release 0#1"), worker.did());
        assertEquals(ChildPhase.HELD, worker.phase(0));
        assertEquals(Driver.pidOf(0), worker.child(0).pid());
        assertEquals(77, worker.child(0).startTicks());
        assertEquals(worker.nowNs, worker.child(0).spawnedAtNs());
        assertEquals(Driver.pidOf(0), worker.records().get(0).pid());
    }

    @Test
    void shouldBeStartingUntilItSaysThatItIsReady() {
        worker.begin().toStarting(0);
        assertEquals(PublishedState.STARTING, worker.child(0).state());
        assertEquals(worker.nowNs + 60 * Specs.SECOND, worker.state.nextDeadlineNs());
        worker.after(Specs.SECOND).becameReady(0);
        assertEquals(PublishedState.READY, worker.child(0).state());
        assertEquals(worker.nowNs, worker.child(0).readyAtNs());
        assertEquals(ChildState.NEVER, worker.state.nextDeadlineNs());
    }

    @Test
    void shouldTakeAPlainCommandAsReadyOnceReleased() {
        Driver command = new Driver(Specs.command(0, "web").build()).begin().toStarting(0);
        assertEquals(PublishedState.READY, command.child(0).state());
        assertEquals(List.of(EventType.RELEASED, EventType.READY), command.recorded());
    }

    @Test
    void shouldTakeReadyAsReleasedToo() {
        worker.begin().toHeld(0).becameReady(0);
        assertEquals(ChildPhase.READY, worker.phase(0));
        SupervisorState ready = worker.state;
        worker.released(0);
        assertSame(ready, worker.state);
    }

    @Test
    void shouldHaveNoStartDeadlineWhereNoneIsAskedFor() {
        Driver driver = new Driver(Specs.worker(0, "ingest")
                        .startTimeouts(StartTimeouts.NONE)
                        .build())
                .begin()
                .toStarting(0);
        assertEquals(ChildState.NEVER, driver.state.nextDeadlineNs());
    }

    @Test
    void shouldIgnoreWhatIsSaidOfAnEarlierOrLaterIncarnation() {
        worker.begin().toReady(0).exited(0, 1).toReady(0);
        SupervisorState before = worker.state;
        for (long incarnation : new long[] {0, 1, 3}) {
            worker.step(new Event.Exited(
                    0, incarnation, new ExitStatus.Exited(1), null, StepProgress.UNKNOWN, worker.nowNs));
            worker.step(new Event.HeartbeatLost(0, incarnation, worker.nowNs));
            worker.step(new Event.Spawned(0, incarnation, 9, 9, worker.nowNs));
            assertSame(before, worker.state);
        }
    }

    @Test
    void shouldCountASpawnFailureAsAFailureWithItsOwnKind() {
        worker.begin().spawnFailed(0);
        assertEquals(List.of("spawn 0#2"), worker.did());
        assertEquals(ExitKind.SPAWN_FAILED, worker.lastExit(0).kind());
        assertEquals("no such file", worker.lastExit(0).text());
        assertEquals(1, worker.child(0).failureCount());
        worker.spawnFailed(0);
        assertEquals(PublishedState.BACKOFF, worker.child(0).state());
    }

    @Test
    void shouldLaunchAgainAtOnceWhatDiedOfItsArchiveAndCountNothing() {
        Driver driver = new Driver(Specs.worker(0, "ingest").maxRestarts(0).build()).begin();
        for (int died = 0; died < 3; died++) {
            if (died % 2 == 0) {
                driver.toStarting(0);
            } else {
                driver.toHeld(0);
            }
            long incarnation = driver.child(0).incarnation();
            ExitStatus status = new ExitStatus.Signaled(11, true);
            driver.step(new Event.Exited(0, incarnation, status, null, StepProgress.UNKNOWN, driver.nowNs).byArchive());
            assertEquals(List.of("spawn 0#" + (incarnation + 1)), driver.did());
            assertEquals(0, driver.child(0).failureCount());
            assertEquals(null, driver.child(0).lastExit());
        }
        driver.toStarting(0).stop(0);
        ExitStatus status = new ExitStatus.Signaled(11, true);
        driver.step(new Event.Exited(0, driver.child(0).incarnation(), status, null, StepProgress.UNKNOWN, driver.nowNs)
                .byArchive());
        assertEquals(PublishedState.STOPPED, driver.child(0).state());
    }

    @Test
    void shouldNeverReuseAnIncarnation() {
        SupervisorState state =
                SupervisorState.initial(List.of(Specs.worker(0, "ingest").build()), List.of(41L));
        Step step = Supervisor.step(state, new Event.Begin(1));
        assertEquals(42, step.state().child(0).incarnation());
    }

    @Test
    void shouldNotCountAHeldChildThatWasNotReleased() {
        worker.begin().toHeld(0).exited(0, 125);
        assertEquals(List.of("spawn 0#2"), worker.did());
        assertEquals(0, worker.child(0).failureCount());
        assertEquals(null, worker.child(0).lastExit());
        worker.toHeld(0).exited(0, 125);
        assertEquals(PublishedState.BACKOFF, worker.child(0).state(), "yet it must not spin");
    }

    @Test
    void shouldRefuseEventsAboutAChildThatDoesNotExist() {
        worker.begin();
        assertThrows(IndexOutOfBoundsException.class, () -> worker.stop(1));
    }
}
