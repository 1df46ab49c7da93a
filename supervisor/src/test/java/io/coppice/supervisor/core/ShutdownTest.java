package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.supervisor.core.Dependency.Condition;
import io.coppice.supervisor.core.SupervisorState.Phase;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShutdownTest {
    private static Driver chain() {
        return Driver.running(
                Specs.command(0, "db").build(),
                Specs.worker(1, "app").dependsOn(0, Condition.READY).build(),
                Specs.command(2, "web").dependsOn(1, Condition.READY).build());
    }

    @Test
    void shouldStopInReverseOrderOfDependencyAndThenExit() {
        Driver driver = chain().shutdown();
        assertEquals(List.of("signal 2#1 TERM group"), driver.did());
        driver.signaled(2, 15);
        assertEquals(List.of("signal 1#1 TERM group"), driver.did());
        driver.exited(1, 0);
        assertEquals(List.of("signal 0#1 TERM group"), driver.did());
        assertEquals(Phase.STOPPING, driver.state.phase());
        driver.signaled(0, 15);
        assertEquals(List.of("exit 0"), driver.did());
        assertEquals(Phase.DONE, driver.state.phase());
    }

    @Test
    void shouldStopTogetherWhatDoesNotDependOnEachOther() {
        Driver driver = Driver.running(
                Specs.command(0, "a").build(), Specs.command(1, "b").build());
        driver.shutdown();
        assertEquals(List.of("signal 1#1 TERM group", "signal 0#1 TERM group"), driver.did());
    }

    @Test
    void shouldKillWhatDoesNotStopInTimeAndGoOn() {
        Driver driver = chain().shutdown().toDeadline();
        assertEquals(List.of("kill 2#1"), driver.did());
        driver.signaled(2, 9);
        assertEquals(List.of("signal 1#1 TERM group"), driver.did());
    }

    @Test
    void shouldKillEverythingAtOnceWhenAskedTwice() {
        Driver driver = chain().shutdown().shutdown();
        assertEquals(List.of("kill 0#1", "kill 1#1", "kill 2#1"), driver.did());
        driver.signaled(0, 9).signaled(1, 9).signaled(2, 9);
        assertEquals(List.of("exit 0"), driver.did());
    }

    @Test
    void shouldKillASpawnThatReturnsAfterTheSecondRequest() {
        Driver driver = new Driver(Specs.worker(0, "app").build())
                .begin()
                .shutdown()
                .shutdown()
                .spawned(0);
        assertEquals(List.of("kill 0#1"), driver.did());
    }

    @Test
    void shouldAbandonWhatIsHeldOrBeingSpawned() {
        Driver driver = new Driver(
                        Specs.worker(0, "a").build(), Specs.worker(1, "b").build())
                .begin()
                .toHeld(0)
                .shutdown();
        assertEquals(List.of("abandon 0#1", "abandon 1#1"), driver.did());
        driver.exited(0, 125).spawnFailed(1);
        assertEquals(List.of("exit 0"), driver.did());
    }

    @Test
    void shouldStopOutOfOrderWhatWasReleasedBeforeItCouldBeAbandoned() {
        Driver driver = chain().exited(1, 1).spawned(1).shutdown();
        assertEquals(List.of("abandon 1#2", "signal 2#1 TERM group"), driver.did());
        driver.released(1);
        assertEquals(List.of("signal 1#2 TERM group"), driver.did());
    }

    @Test
    void shouldRestartNothingDuringShutdown() {
        Driver driver = chain().shutdown().exited(1, 1);
        assertEquals(ChildPhase.STOPPED, driver.phase(1));
        driver.start(0);
        assertEquals(new Outcome.Error(1, "cannot start db: the instance is shutting down"), driver.outcome());
        driver.restart(1);
        assertEquals(List.of("error"), driver.did());
    }

    @Test
    void shouldCancelBackoffAndWaiting() {
        Driver driver = new Driver(
                        Specs.worker(0, "db").build(),
                        Specs.worker(1, "app").dependsOn(0, Condition.READY).build())
                .begin()
                .spawnFailed(0)
                .spawnFailed(0)
                .shutdown();
        assertEquals(List.of("exit 0"), driver.did());
        assertEquals(ChildPhase.STOPPED, driver.phase(0));
        assertEquals(ChildPhase.STOPPED, driver.phase(1));
    }

    @Test
    void shouldReplyBeforeTheRootExits() {
        Driver driver = new Driver(Specs.command(0, "a").build())
                .begin()
                .stop(0)
                .spawnFailed(0)
                .step(new Event.ShutdownRequested(7, Driver.START_NS));
        assertEquals(List.of("ok -1", "exit 0"), driver.did());
    }

    @Test
    void shouldExitByItselfOnceEveryChildHasCompleted() {
        Driver driver = Driver.running(
                Specs.command(0, "a").build(), Specs.worker(1, "b").build());
        driver.exited(0, 0);
        assertEquals(List.of(), driver.did());
        driver.exited(1, 0);
        assertEquals(List.of("exit 0"), driver.did());
        assertEquals(List.of(EventType.EXITED, EventType.COMPLETED, EventType.ROOT_DONE), driver.recorded());
    }

    @Test
    void shouldStayUpWhenAChildHasFailed() {
        Driver driver = Driver.running(
                Specs.command(0, "a").build(), Specs.worker(1, "b").build());
        driver.exited(1, 78).exited(0, 0);
        assertEquals(List.of(), driver.did());
        assertEquals(Phase.RUNNING, driver.state.phase());
    }

    @Test
    void shouldStayUpWhenAChildWasStopped() {
        Driver driver = Driver.running(
                Specs.command(0, "a").build(), Specs.worker(1, "b").build());
        driver.stop(1).exited(1, 0).exited(0, 0);
        assertEquals(Phase.RUNNING, driver.state.phase());
    }
}
