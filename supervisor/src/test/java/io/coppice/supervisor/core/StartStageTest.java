package io.coppice.supervisor.core;

import static io.coppice.supervisor.core.Specs.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

/** Goal: start, recover and migrate each have their own time (60, 30 and 300 s here), and no word of a worker's more. */
class StartStageTest {
    private final Driver driver =
            new Driver(Specs.worker(0, "ingest").build()).begin().toStarting(0);

    @Test
    void shouldGiveAMigrationItsOwnTimeAndTheStartWhatItHadLeft() {
        driver.after(50 * SECOND).entered(0, StartStage.MIGRATE);
        assertEquals(driver.nowNs + 300 * SECOND, driver.state.nextDeadlineNs());
        driver.after(299 * SECOND).entered(0, StartStage.START);
        assertEquals(driver.nowNs + 10 * SECOND, driver.state.nextDeadlineNs());
        driver.after(9 * SECOND).becameReady(0);
        assertEquals(ChildPhase.READY, driver.phase(0));
        assertEquals(ChildState.NEVER, driver.state.nextDeadlineNs());
    }

    @Test
    void shouldSayWhichOfThemTookTooLong() {
        driver.entered(0, StartStage.RECOVER).toDeadline();
        assertEquals(Driver.START_NS + 30 * SECOND, driver.nowNs);
        assertEquals("not recovered within 30 s", driver.records().get(0).text());
        driver.toDeadline().signaled(0, 9);
        assertEquals(ExitKind.START_TIMEOUT, driver.lastExit(0).kind());
        assertEquals("not recovered within 30 s", driver.lastExit(0).text());
        driver.toStarting(0).entered(0, StartStage.MIGRATE).toDeadline();
        assertEquals("not migrated within 300 s", driver.records().get(0).text());
        driver.toDeadline().signaled(0, 9).tick().toDeadline();
        driver.toStarting(0).toDeadline();
        assertEquals("not ready within 60 s", driver.records().get(0).text());
    }

    @Test
    void shouldGiveNoMoreTimeThanTheSumToAWorkerThatKeepsChangingItsWord() {
        for (int i = 0; driver.phase(0) == ChildPhase.STARTING; i++) {
            driver.after(SECOND)
                    .entered(0, i % 2 == 0 ? StartStage.RECOVER : StartStage.START)
                    .tick();
        }
        assertEquals(ChildPhase.DUMPING, driver.phase(0));
        assertEquals(Driver.START_NS + 61 * SECOND, driver.nowNs);
        assertEquals("not recovered within 30 s", driver.records().get(0).text());
    }

    /** A machine that was suspended, a root that was stopped: a process that is to start had no chance either. */
    @Test
    void shouldNotCountTheTimeThatTheRootWasAway() {
        driver.after(50 * SECOND).step(new Event.RootWasAway(45 * SECOND, driver.nowNs));
        assertEquals(Driver.START_NS + 105 * SECOND, driver.state.nextDeadlineNs());
        driver.tick();
        assertEquals(ChildPhase.STARTING, driver.phase(0));
        driver.after(20 * SECOND).entered(0, StartStage.RECOVER).entered(0, StartStage.START);
        assertEquals(driver.nowNs + 35 * SECOND, driver.state.nextDeadlineNs());
        driver.step(new Event.RootWasAway(1_000 * SECOND, driver.nowNs));
        assertEquals(driver.nowNs + 35 * SECOND, driver.state.nextDeadlineNs(), "longer than it has been starting");
        driver.becameReady(0);
        SupervisorState ready = driver.state;
        driver.step(new Event.RootWasAway(SECOND, driver.nowNs));
        assertSame(ready, driver.state);
    }

    @Test
    void shouldNotBeginAgainWithAWordThatIsSaidTwice() {
        driver.entered(0, StartStage.RECOVER);
        SupervisorState recovering = driver.state;
        driver.after(SECOND).entered(0, StartStage.RECOVER);
        assertSame(recovering, driver.state);
    }

    @Test
    void shouldTakeItsFirstWordAsReleasedToo() {
        driver.exited(0, 1).toHeld(0).entered(0, StartStage.RECOVER);
        assertEquals(ChildPhase.STARTING, driver.phase(0));
        assertEquals(driver.nowNs + 30 * SECOND, driver.state.nextDeadlineNs());
    }

    @Test
    void shouldHaveNoDeadlineInAStageWithoutATimeout() {
        Driver unlimited = new Driver(Specs.worker(0, "ingest")
                        .startTimeouts(new StartTimeouts(60 * SECOND, 0, 0))
                        .build())
                .begin()
                .toStarting(0)
                .entered(0, StartStage.MIGRATE);
        assertEquals(ChildState.NEVER, unlimited.state.nextDeadlineNs());
        unlimited.after(1_000 * SECOND).entered(0, StartStage.START);
        assertEquals(unlimited.nowNs + 60 * SECOND, unlimited.state.nextDeadlineNs());
    }

    @Test
    void shouldNotListenToAPlainCommand() {
        Driver command = new Driver(Specs.command(0, "web").build()).begin().toHeld(0);
        command.entered(0, StartStage.RECOVER);
        assertEquals(ChildPhase.HELD, command.phase(0));
    }
}
