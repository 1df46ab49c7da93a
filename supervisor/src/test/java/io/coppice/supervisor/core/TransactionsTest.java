package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Child 0 is the daemon; 1 and 2 are its slots. */
class TransactionsTest {
    private static final long TIMEOUT_NS = 30 * Specs.SECOND;
    private static final int RETRIES = 2;

    private static Driver driver() {
        return driver(0);
    }

    private static Driver driver(int standbys) {
        return Driver.running(
                Specs.worker(0, "daemon").build(),
                Specs.slot(1, 0, 1, RETRIES, TIMEOUT_NS).standbys(standbys).build(),
                Specs.slot(2, 0, 2, RETRIES, TIMEOUT_NS).build());
    }

    private static Driver asks(Driver driver, int slot, long request) {
        return driver.step(new Event.Requested(slot, request, false, false, driver.nowNs));
    }

    private static Driver discards(Driver driver, int slot, long request) {
        return driver.step(new Event.Requested(slot, request, true, false, driver.nowNs));
    }

    private static Driver adopts(Driver driver, int slot, long next) {
        return driver.step(new Event.Requested(slot, next, false, true, driver.nowNs));
    }

    private static Driver done(Driver driver, int slot) {
        return driver.died(slot, new ExitStatus.Exited(0), null, StepProgress.DONE);
    }

    private static Driver crashed(Driver driver, int slot) {
        return driver.died(slot, new ExitStatus.Signaled(11, false), null, StepProgress.NONE);
    }

    private static Command.Release release(Driver driver) {
        return driver.commands.stream()
                .filter(Command.Release.class::isInstance)
                .map(Command.Release.class::cast)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldBeDownAsLongAsNothingIsAskedOfASlot() {
        Driver driver = driver();
        assertEquals(ChildPhase.STOPPED, driver.phase(1));
        assertEquals(Wanted.DOWN, driver.child(1).wanted());
        assertEquals(SupervisorState.Phase.RUNNING, driver.state.phase());
    }

    @Test
    void shouldLaunchOneForARequestAndTellItWhichAndSayNothingOfThat() {
        Driver driver = asks(driver(), 1, 17);
        assertEquals(List.of("spawn 1#1"), driver.did());
        assertEquals(List.of(), driver.recorded());
        driver.spawned(1);
        assertEquals(17, release(driver).request());
        assertEquals(1, release(driver).attempt());
        done(driver.released(1).becameReady(1), 1);
        assertEquals(ChildPhase.COMPLETED, driver.phase(1));
        assertEquals(17, driver.child(1).work().word());
        assertTrue(driver.child(1).work().over());
        assertEquals(List.of(), driver.recorded());
        asks(driver, 1, 0);
        assertEquals(ChildPhase.STOPPED, driver.phase(1));
        assertEquals(List.of(), driver.did());
    }

    @Test
    void shouldWaitWithTheLaunchUntilTheDaemonRuns() {
        Driver driver = new Driver(
                Specs.worker(0, "daemon").build(),
                Specs.slot(1, 0, 1, RETRIES, TIMEOUT_NS).build());
        asks(driver.begin(), 1, 3);
        assertEquals(ChildPhase.WAITING, driver.phase(1));
        driver.spawned(0);
        assertEquals(ChildPhase.WAITING, driver.phase(1));
        driver.released(0);
        assertEquals(ChildPhase.SPAWNING, driver.phase(1));
    }

    @Test
    void shouldTryAgainAsOftenAsTheRetriesAllowAndThenFailWithHowItLastEnded() {
        Driver driver = asks(driver(), 1, 17);
        for (int attempt = 1; attempt <= RETRIES + 1; attempt++) {
            if (driver.phase(1) == ChildPhase.BACKOFF) {
                driver.toDeadline();
            }
            driver.spawned(1);
            assertEquals(attempt, release(driver).attempt());
            assertEquals(17, release(driver).request());
            crashed(driver.released(1).becameReady(1), 1);
        }
        assertEquals(ChildPhase.FAILED, driver.phase(1));
        assertTrue(driver.records().get(driver.records().size() - 1).text().startsWith("3 attempts failed"));
        assertEquals(11, driver.lastExit(1).signal());
        assertEquals(17, driver.child(1).work().request());
        asks(driver, 1, 18);
        assertEquals(ChildPhase.SPAWNING, driver.phase(1), "the slot is good for another request");
        assertEquals(
                1, asks(driver.spawned(1).released(1), 1, 18).child(1).work().attempts());
    }

    @Test
    void shouldFailAtOnceIfATaskAsksForThat() {
        Driver driver = asks(driver(), 1, 17).toReady(1);
        driver.died(1, new ExitStatus.Exited(LastExits.FAIL_CODE), "no such picture", StepProgress.NONE);
        assertEquals(ChildPhase.FAILED, driver.phase(1));
    }

    @Test
    void shouldTakeAnExitWithZeroWithoutAResultForAFailure() {
        Driver driver = asks(driver(), 1, 17).toReady(1);
        driver.died(1, new ExitStatus.Exited(0), null, StepProgress.NONE);
        assertEquals(ChildPhase.SPAWNING, driver.phase(1));
        assertEquals(1, driver.child(1).failureCount());
    }

    @Test
    void shouldDumpAndKillWhatIsNotDoneInTime() {
        Driver driver = asks(driver(), 1, 17).toReady(1);
        assertEquals(driver.nowNs + TIMEOUT_NS, driver.state.nextDeadlineNs());
        driver.toDeadline();
        assertEquals(List.of("dump 1#1"), driver.did());
        driver.toDeadline();
        assertEquals(List.of("kill 1#1"), driver.did());
        driver.signaled(1, Signals.KILL);
        assertEquals(ExitKind.HANG, driver.lastExit(1).kind());
        assertEquals("not done within 30 s", driver.lastExit(1).text());
        assertEquals(1, driver.child(1).failureCount());
    }

    /** A result that was committed before the kill is a result. */
    @ParameterizedTest
    @EnumSource(
            value = ChildPhase.class,
            names = {"READY", "DUMPING", "KILLING", "STOPPING"})
    void shouldTakeAResultForStrongerThanAnyVerdict(ChildPhase phase) {
        Driver driver = asks(driver(), 1, 17).toReady(1);
        switch (phase) {
            case DUMPING -> driver.toDeadline();
            case KILLING -> driver.toDeadline().toDeadline();
            case STOPPING -> discards(driver, 1, 17);
            default -> {}
        }
        assertEquals(phase, driver.phase(1));
        driver.died(1, new ExitStatus.Signaled(Signals.KILL, false), null, StepProgress.DONE);
        assertEquals(ChildPhase.COMPLETED, driver.phase(1));
    }

    @Test
    void shouldAskOneThatIsDiscardedToEndAndKillItAfterItsTime() {
        Driver driver = discards(asks(driver(), 1, 17).toReady(1), 1, 17);
        assertEquals(List.of("signal 1#1 TERM group"), driver.did());
        driver.toDeadline();
        assertEquals(List.of("kill 1#1"), driver.did());
        driver.signaled(1, Signals.KILL);
        assertEquals(ChildPhase.STOPPED, driver.phase(1));
        assertEquals(-17, driver.child(1).work().word());
        assertTrue(driver.child(1).work().over());
    }

    @Test
    void shouldNotLaunchWhatWasDiscardedBefore() {
        Driver driver = discards(driver(), 1, 17);
        assertEquals(List.of(), driver.did());
        assertEquals(ChildPhase.STOPPED, driver.phase(1));
        assertTrue(driver.child(1).work().over(), "so that its daemon can tell");
    }

    @Test
    void shouldGoOnWithoutTheDaemonAndNotAgainWithoutIt() {
        Driver driver = asks(asks(driver(), 1, 17).toReady(1), 2, 18).toReady(2);
        driver.signaled(0, Signals.KILL);
        assertEquals(ChildPhase.READY, driver.phase(1), "the death of its daemon is no reason to end");
        crashed(driver, 2);
        assertEquals(ChildPhase.WAITING, driver.phase(2), "nobody would adopt it");
        done(driver, 1);
        assertEquals(ChildPhase.COMPLETED, driver.phase(1));
        driver.toReady(0);
        assertEquals(ChildPhase.SPAWNING, driver.phase(2));
    }

    @Test
    void shouldEndWithTheDaemonThatIsStoppedBeforeItAndGoOnWithItFromItsCheckpoint() {
        Driver driver = asks(driver(), 1, 17).toReady(1).stop(0);
        assertTrue(driver.did().contains("signal 1#1 TERM group"), driver.did().toString());
        assertFalse(driver.did().contains("signal 0#1 TERM group"), "its slots end first");
        driver.exited(1, 143);
        assertEquals(ChildPhase.STOPPED, driver.phase(1));
        assertFalse(driver.child(1).work().over());
        assertTrue(driver.did().contains("signal 0#1 TERM group"));
        driver.exited(0, 143);
        driver.start(0).spawned(0).released(0);
        assertEquals(ChildPhase.SPAWNING, driver.phase(1));
        assertEquals(0, driver.child(1).failureCount(), "that attempt was nobody's fault");
        driver.spawned(1);
        assertEquals(17, release(driver).request());
    }

    @Test
    void shouldEndWhatIsNotAskedForAnyMoreBeforeItBeginsWithTheNext() {
        Driver driver = asks(asks(driver(), 1, 17).toReady(1), 1, 18);
        assertEquals(List.of("signal 1#1 TERM group"), driver.did());
        driver.exited(1, 143);
        assertEquals(List.of("spawn 1#2"), driver.did());
        driver.spawned(1);
        assertEquals(18, release(driver).request());
        assertEquals(1, release(driver).attempt());
    }

    @Test
    void shouldLeaveOneWhoseResultIsAdoptedToEndByItselfForAWhile() {
        Driver driver = adopts(asks(driver(), 1, 17).toReady(1), 1, 18);
        assertEquals(List.of(), driver.did());
        assertEquals(driver.nowNs + TransactionRules.LINGER_NS, driver.state.nextDeadlineNs());
        driver.toDeadline();
        assertEquals(List.of("kill 1#1"), driver.did());
        driver.signaled(1, Signals.KILL);
        assertEquals(List.of("spawn 1#2"), driver.did());
        assertEquals(0, driver.child(1).failureCount());
    }

    @Test
    void shouldKeepItsAttemptWhereAnOperatorKillsIt() {
        Driver driver = asks(driver(), 1, 17).toReady(1);
        driver.kill(1, "KILL", 9).signaled(1, 9);
        assertEquals(ChildPhase.SPAWNING, driver.phase(1));
        assertEquals(0, driver.child(1).failureCount());
    }

    @Test
    void shouldTakeTheStandbysOfTheFirstSlotForEachOfThem() {
        Driver driver = driver(2);
        assertTrue(driver.state.nextRefillNs() <= driver.nowNs, "the reserve is for a daemon that runs");
        for (long id = 1; id <= 2; id++) {
            driver.after(Specs.SECOND).step(new Event.RefillDue(false, driver.nowNs));
            driver.step(new Event.StandbySpawned(1, id, 6_000 + (int) id, 88, driver.nowNs));
            driver.step(new Event.StandbyParked(1, id, driver.nowNs));
        }
        asks(driver, 2, 18);
        assertEquals(
                "AssignStandby[child=2, pool=1, standby=1, incarnation=1]",
                driver.did().get(0));
        assertEquals(18, release(driver).request());
        asks(driver, 1, 17);
        assertEquals(
                "AssignStandby[child=1, pool=1, standby=2, incarnation=1]",
                driver.did().get(0));
        driver.stop(0);
        assertEquals(0, driver.child(1).standbys().live(), "of a daemon that is stopped nobody needs any");
    }

    @Test
    void shouldEndTheStandbysOfItsSlotsWithARestartOfTheDaemon() {
        Driver driver = driver(1);
        driver.step(new Event.RefillDue(false, driver.nowNs))
                .step(new Event.StandbySpawned(1, 1, 6_001, 88, driver.nowNs))
                .step(new Event.StandbyParked(1, 1, driver.nowNs))
                .restart(0);
        assertTrue(driver.did().contains("EndStandby[child=1, standby=1]"));
    }

    @Test
    void shouldGoOnWithWhatADeadRootHadRecorded() {
        Driver driver = asks(asks(driver(), 1, 17).toReady(1), 2, 18).toReady(2);
        crashed(driver, 2).dieAndResume().adopted(0).adopted(1).begin();
        assertEquals(ChildPhase.READY, driver.phase(1));
        assertEquals(17, driver.child(1).work().served());
        assertEquals(driver.child(1).sinceNs() + TIMEOUT_NS, driver.child(1).deadlineNs());
        assertEquals(ChildPhase.SPAWNING, driver.phase(2));
        assertEquals(1, driver.child(2).failureCount());
    }

    @Test
    void shouldStopEverythingInAShutdownWithTheSlotsFirst() {
        Driver driver = asks(driver(), 1, 17).toReady(1).shutdown();
        assertEquals(List.of("signal 1#1 TERM group"), driver.did());
        asks(driver, 2, 18);
        assertEquals(ChildPhase.STOPPED, driver.phase(2), "nothing is launched any more");
        driver.exited(1, 143);
        assertEquals(List.of("signal 0#1 TERM group"), driver.did());
        driver.exited(0, 143);
        assertEquals(List.of("exit 0"), driver.did());
    }

    @Test
    void shouldNotKeepAnInstanceFromItsEnd() {
        Driver driver = asks(driver(), 1, 17).toReady(1);
        driver.exited(0, 0);
        assertEquals(
                SupervisorState.Phase.STOPPING, driver.state.phase(), "its daemon has completed, and nobody is left");
        driver.exited(1, 143);
        assertEquals(List.of("exit 0"), driver.did());
    }

    @Test
    void shouldBeEndedForGoodByAPlanThatHasNoSuchSlot() {
        Driver driver = asks(driver(), 2, 18).toReady(2);
        driver.step(new Event.StopRequested(2, Event.NO_REQUEST, "gone", driver.nowNs));
        driver.exited(2, 143);
        assertEquals(ChildPhase.STOPPED, driver.phase(2), "although the request stands");
    }

    @Test
    void shouldAnswerNobodyElsesGroup() {
        Driver driver = asks(driver(), 1, 17);
        for (int i = 0; i <= RETRIES; i++) {
            if (driver.phase(1) == ChildPhase.BACKOFF) {
                driver.toDeadline();
            }
            crashed(driver.toReady(1), 1);
        }
        assertEquals(ChildPhase.READY, driver.phase(0));
        assertNotNull(driver.child(1).lastExit());
        assertEquals(0, driver.state.groups().get(0).failures().recentNs().size());
    }
}
