package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class StandbysTest {
    private static final long MS = 1_000_000;

    private static Specs worker(int index, String name, int standbys) {
        return Specs.worker(index, name).standbys(standbys);
    }

    private static Standby standby(Driver driver, int child, int place) {
        return driver.child(child).standbys().standbys().get(place);
    }

    private static Driver spawned(Driver driver, int child, long id) {
        return driver.step(new Event.StandbySpawned(child, id, (int) (6_000 + 10 * child + id), 88, driver.nowNs));
    }

    private static Driver parked(Driver driver, int child, long id) {
        return driver.step(new Event.StandbyParked(child, id, driver.nowNs));
    }

    private static Driver gone(Driver driver, int child, long id) {
        return driver.step(new Event.StandbyExited(child, id, new ExitStatus.Signaled(9, false), driver.nowNs));
    }

    private static Driver refill(Driver driver, boolean starved) {
        return driver.step(new Event.RefillDue(starved, driver.nowNs));
    }

    /** All standbys of all children parked. */
    private static Driver filled(Driver driver) {
        while (driver.state.nextRefillNs() != ChildState.NEVER) {
            driver.nowNs = Math.max(driver.nowNs, driver.state.nextRefillNs());
            refill(driver, false);
            for (int i = 0; i < driver.state.children().size(); i++) {
                if (driver.child(i).standbys().isRefilling()) {
                    long id = driver.child(i).standbys().lastId();
                    parked(spawned(driver, i, id), i, id);
                }
            }
        }
        return driver;
    }

    @Test
    void shouldLaunchOneWhenItsChildIsReadyAndTellItThatItIsOnRecord() {
        Driver driver = new Driver(worker(0, "ingest", 1).build()).begin();
        assertEquals(ChildState.NEVER, driver.state.nextRefillNs());
        driver.toReady(0);
        assertTrue(driver.state.nextRefillNs() <= driver.nowNs);
        refill(driver, false);
        assertEquals(List.of("SpawnStandby[child=0, standby=1]"), driver.did());
        spawned(driver, 0, 1);
        assertEquals(List.of("WarmStandby[child=0, standby=1]"), driver.did());
        parked(driver, 0, 1);
        assertEquals(1, driver.child(0).standbys().parked());
        assertEquals(List.of(EventType.STANDBY_PARKED), driver.recorded());
        assertEquals(ChildState.NEVER, driver.state.nextRefillNs());
    }

    @Test
    void shouldAssignItInTheStepThatHearsOfTheDeathAndRecordItBeforeItIsLetGo() {
        Driver driver = filled(Driver.running(worker(0, "ingest", 1).build()));
        int pid = standby(driver, 0, 0).pid();
        driver.signaled(0, 11);
        assertEquals(List.of("AssignStandby[child=0, pool=0, standby=1, incarnation=2]", "release 0#2"), driver.did());
        assertEquals(ChildPhase.HELD, driver.phase(0));
        assertEquals(pid, driver.child(0).pid());
        assertEquals(88, driver.child(0).startTicks());
        assertEquals(1, driver.child(0).restarts());
        assertEquals(List.of(), driver.child(0).standbys().standbys());
        driver.released(0).becameReady(0);
        assertEquals(ChildPhase.READY, driver.phase(0));
        assertEquals(driver.nowNs + 200 * MS, driver.state.nextRefillNs(), "the recovery has the machine for itself");
    }

    @Test
    void shouldLetTheNextOneTakeOverForOneThatDiesBeforeItIsReadyAtNoCost() {
        Driver driver = filled(Driver.running(
                worker(0, "ingest", 2).maxRestarts(0 + 1).backoff(Backoff.NONE).build()));
        driver.signaled(0, 11);
        FailureHistory failures = driver.child(0).failures();
        driver.signaled(0, 9); // while it is held
        assertEquals(List.of("AssignStandby[child=0, pool=0, standby=2, incarnation=3]", "release 0#3"), driver.did());
        driver.released(0).signaled(0, 9); // while it starts
        assertEquals(List.of("spawn 0#4"), driver.did());
        assertEquals(failures, driver.child(0).failures());
        driver.toStarting(0).signaled(0, 9); // launched cold: judged as ever
        assertEquals(ChildPhase.FAILED, driver.phase(0));
    }

    @Test
    void shouldBlameTheDaemonForWhatItDoesItself() {
        Driver driver =
                filled(Driver.running(worker(0, "ingest", 2).maxRestarts(1).build()));
        driver.signaled(0, 11).released(0).exited(0, 70);
        assertEquals(ChildPhase.FAILED, driver.phase(0));
        assertEquals(2, driver.child(0).failures().recentNs().size());
        assertEquals(
                List.of(Standby.Phase.ENDING),
                driver.child(0).standbys().standbys().stream()
                        .map(Standby::phase)
                        .toList(),
                "nobody needs it any more");
    }

    @Test
    void shouldTakeOneThatDiesWhileItIsParkedForNothingButARarerRefill() {
        Driver driver = filled(Driver.running(worker(0, "ingest", 1).build()));
        ChildState before = driver.child(0);
        gone(driver, 0, 1);
        assertEquals(before.failures(), driver.child(0).failures());
        assertEquals(ChildPhase.READY, driver.phase(0));
        assertEquals(driver.nowNs + 1000 * MS, driver.state.nextRefillNs());
        for (int failures = 2; failures <= 10; failures++) {
            driver.nowNs = driver.state.nextRefillNs();
            refill(driver, false);
            long id = driver.child(0).standbys().lastId();
            gone(spawned(driver, 0, id), 0, id);
            long pauseNs = Math.min(60_000 * MS, (1000L << (failures - 1)) * MS);
            assertEquals(driver.nowNs + pauseNs, driver.state.nextRefillNs(), failures + " failures");
        }
    }

    @Test
    void shouldBringBackTenThatDieAtOnceThoseThatOthersDependOnFirst() {
        ChildSpec[] specs = new ChildSpec[10];
        for (int i = 0; i < specs.length; i++) {
            Specs spec = worker(i, "daemon-" + i, 1);
            specs[i] = (i < 5 ? spec : spec.dependsOn(i - 5, Dependency.Condition.READY)).build();
        }
        Driver driver = new Driver(specs).begin();
        for (int i = 0; i < specs.length; i++) {
            driver.toReady(i);
        }
        filled(driver);
        for (int i = 0; i < specs.length; i++) {
            driver.signaled(i, 9);
        }
        for (int i = 0; i < 5; i++) {
            assertEquals(ChildPhase.HELD, driver.phase(i));
            assertEquals(ChildPhase.WAITING, driver.phase(i + 5), "its dependency is not ready yet");
            assertEquals(1, driver.child(i + 5).standbys().parked());
        }
        for (int i = 0; i < 5; i++) {
            driver.released(i).becameReady(i);
            assertEquals(ChildPhase.HELD, driver.phase(i + 5));
            driver.released(i + 5).becameReady(i + 5);
        }
        driver.state.children().forEach(child -> assertEquals(ChildPhase.READY, child.phase()));
    }

    @Test
    void shouldRefillOneAtATimeAndNotWhileAnythingStarts() {
        Driver driver = Driver.running(
                worker(0, "a", 1).build(),
                worker(1, "b", 1).build(),
                worker(2, "c", 0).build());
        refill(driver, false);
        assertEquals(List.of("SpawnStandby[child=0, standby=1]"), driver.did());
        assertEquals(ChildState.NEVER, driver.state.nextRefillNs());
        spawned(driver, 0, 1);
        driver.signaled(2, 9);
        assertTrue(
                driver.did().contains("PauseStandby[child=0, standby=1, paused=true]"),
                driver.did().toString());
        assertEquals(
                ChildState.NEVER, standby(driver, 0, 0).deadlineNs(), "it is not to blame for the time that it stands");
        driver.toStarting(2);
        assertTrue(standby(driver, 0, 0).paused());
        driver.becameReady(2);
        assertEquals(List.of("PauseStandby[child=0, standby=1, paused=false]"), driver.did());
        parked(driver, 0, 1);
        refill(driver, false);
        assertEquals(List.of("SpawnStandby[child=1, standby=1]"), driver.did());
    }

    /** Its start has no bound: as long as what it waits for is away, no daemon of the instance had a standby again. */
    @Test
    void shouldNotWaitForACommandThatAProbeHasNotFoundReady() {
        Driver driver = new Driver(
                        worker(0, "a", 1).build(),
                        Specs.command(1, "web").probed().build())
                .begin()
                .toReady(0)
                .toStarting(1);
        driver.did();
        driver.nowNs = Math.max(driver.nowNs, driver.child(0).standbys().refillAtNs());
        refill(driver, false);
        assertEquals(List.of("SpawnStandby[child=0, standby=1]"), driver.did());
        spawned(driver, 0, 1);
        assertFalse(standby(driver, 0, 0).paused());
    }

    @Test
    void shouldPutARefillOffWhileTheCpuIsStarvedButNotForEver() {
        Driver driver = Driver.running(worker(0, "ingest", 1).build());
        for (int i = 0; i < StandbyRules.MOST_STARVED_LOOKS; i++) {
            refill(driver, true);
            assertEquals(List.of(), driver.did());
            assertEquals(driver.nowNs + 1000 * MS, driver.state.nextRefillNs());
            driver.nowNs = driver.state.nextRefillNs();
        }
        refill(driver, true);
        assertEquals(List.of("SpawnStandby[child=0, standby=1]"), driver.did());
    }

    @Test
    void shouldEndOneThatDoesNotParkInTime() {
        Driver driver = Driver.running(worker(0, "ingest", 1).build());
        spawned(refill(driver, false), 0, 1).after(StandbyRules.BOOT_TIMEOUT_NS).tick();
        assertEquals(List.of("EndStandby[child=0, standby=1]"), driver.did());
        driver.after(EndRules.KILL_REMINDER_NS).tick();
        assertEquals(List.of("EndStandby[child=0, standby=1]"), driver.did(), "it is killed again");
        gone(driver, 0, 1);
        assertEquals(List.of(), driver.child(0).standbys().standbys());
    }

    @Test
    void shouldEndThemWhenTheirChildIsStoppedAndHaveThemAgainWhenItIsStarted() {
        Driver driver = filled(Driver.running(worker(0, "ingest", 1).build()));
        driver.stop(0);
        assertTrue(
                driver.did().contains("EndStandby[child=0, standby=1]"),
                driver.did().toString());
        driver.exited(0, 143);
        assertEquals(ChildPhase.STOPPED, driver.phase(0));
        gone(driver, 0, 1);
        driver.start(0);
        assertEquals(List.of("spawn 0#2", "ok 1"), driver.did());
        driver.toReady(0);
        assertTrue(driver.state.nextRefillNs() < ChildState.NEVER);
    }

    /** Its jars may be others by now, and a standby has loaded classes of those before. */
    @Test
    void shouldRestartColdWhenAnOperatorAsksForIt() {
        Driver driver = filled(Driver.running(worker(0, "ingest", 1).build()));
        driver.restart(0);
        assertTrue(
                driver.did().contains("EndStandby[child=0, standby=1]"),
                driver.did().toString());
        driver.exited(0, 143);
        assertEquals(List.of("spawn 0#2"), driver.did());
    }

    @Test
    void shouldNotAssignOneThatWasLaunchedInAnotherWay() {
        Driver driver = filled(Driver.running(worker(0, "ingest", 1).build()));
        driver.step(new Event.Replanned(List.of(worker(0, "ingest", 1).launch(7).build()), List.of(0L), driver.nowNs));
        assertTrue(
                driver.did().contains("EndStandby[child=0, standby=1]"),
                driver.did().toString());
        driver.exited(0, 143);
        assertEquals(List.of("spawn 0#2"), driver.did());
    }

    @Test
    void shouldStayUntilTheLastOfThemIsGone() {
        Driver driver = filled(Driver.running(worker(0, "ingest", 1).build())).shutdown();
        assertTrue(
                driver.did().contains("EndStandby[child=0, standby=1]"),
                driver.did().toString());
        driver.exited(0, 143);
        assertFalse(driver.did().contains("exit 0"));
        gone(driver, 0, 1);
        assertEquals(List.of("exit 0"), driver.did());
    }

    @Test
    void shouldFindThemAgainAfterTheRootsDeath() {
        Driver driver = filled(Driver.running(worker(0, "ingest", 1).build())).dieAndResume();
        driver.adopted(0).step(new Event.StandbyAdopted(0, 1, driver.nowNs));
        assertEquals(List.of(EventType.ADOPTED), driver.recorded());
        driver.begin();
        assertEquals(List.of(), driver.did());
        driver.signaled(0, 9);
        assertEquals(List.of("AssignStandby[child=0, pool=0, standby=1, incarnation=2]", "release 0#2"), driver.did());
    }

    /** Its root died after it had recorded the assignment; whether the line was written nobody knows. */
    @Test
    void shouldLetAnAssignedOneGoOnceMoreAfterTheRootsDeath() {
        Driver driver = filled(Driver.running(worker(0, "ingest", 1).build()));
        driver.signaled(0, 9).dieAndResume().adopted(0);
        assertEquals(List.of("release 0#2"), driver.did());
        driver.released(0).begin();
        assertEquals(ChildPhase.STARTING, driver.phase(0));
        driver.becameReady(0);
        assertEquals(ChildPhase.READY, driver.phase(0));
    }

    @Test
    void shouldLaunchAnotherWhereAnAssignedOneEndedWhileThereWasNoRoot() {
        Driver driver = filled(Driver.running(worker(0, "ingest", 1).build()));
        driver.signaled(0, 9);
        FailureHistory failures = driver.child(0).failures();
        driver.dieAndResume().died(0, new ExitStatus.Unwitnessed(), null);
        driver.begin();
        assertEquals(List.of("spawn 0#3"), driver.did());
        assertEquals(failures, driver.child(0).failures());
    }

    @Test
    void shouldEndWhatBootedWhenTheRootDied() {
        Driver driver = Driver.running(worker(0, "ingest", 1).build());
        spawned(refill(driver, false), 0, 1).dieAndResume();
        driver.adopted(0).step(new Event.StandbyAdopted(0, 1, driver.nowNs));
        assertEquals(List.of("EndStandby[child=0, standby=1]"), driver.did());
    }

    @Test
    void shouldForgetWhatWasBeingSpawnedWhenTheRootDied() {
        Driver driver = Driver.running(worker(0, "ingest", 1).build());
        refill(driver, false).dieAndResume().adopted(0).begin();
        assertEquals(List.of(), driver.child(0).standbys().standbys());
        refill(driver, false);
        assertEquals(List.of("SpawnStandby[child=0, standby=2]"), driver.did(), "no id is used twice");
    }

    @Test
    void shouldIgnoreWhatIsSaidOfThoseThatAreGone() {
        Driver driver = filled(Driver.running(worker(0, "ingest", 1).build()));
        driver.signaled(0, 9);
        SupervisorState assigned = driver.state;
        gone(parked(spawned(driver, 0, 1), 0, 1), 0, 1);
        assertEquals(assigned, driver.state);
    }

    private static Driver refilling(Driver driver) {
        driver.nowNs = Math.max(driver.nowNs, driver.state.nextRefillNs());
        return refill(driver, false);
    }

    @Test
    void shouldTellWhyOneIsGone() {
        Driver driver = filled(Driver.running(worker(0, "ingest", 1).build()));
        gone(driver, 0, 1);
        assertEquals(List.of(EventType.STANDBY_LOST), driver.recorded());
        assertEquals("signal KILL", driver.records().get(0).text());
        filled(driver).restart(0);
        assertEquals(
                List.of(EventType.RESTART_REQUESTED, EventType.STANDBY_ENDED, EventType.STOPPING), driver.recorded());
        assertEquals("its daemon is restarted", driver.records().get(1).text());
    }

    @Test
    void shouldCountOneThatCouldNotBeSpawnedAndOneThatDidNotParkInTime() {
        Driver driver = Driver.running(worker(0, "ingest", 1).build());
        refill(driver, false).step(new Event.StandbySpawnFailed(0, 1, "no such file", driver.nowNs));
        assertEquals(List.of(EventType.STANDBY_LOST), driver.recorded());
        assertEquals("no such file", driver.records().get(0).text());
        assertEquals(1, driver.child(0).standbys().failures());
        assertEquals(driver.nowNs + 1_000 * MS, driver.state.nextRefillNs());

        spawned(refilling(driver), 0, 2).step(new Event.StandbySpawnFailed(0, 2, "late", driver.nowNs));
        assertEquals(1, driver.child(0).standbys().live(), "it has a process");
        driver.after(StandbyRules.BOOT_TIMEOUT_NS).tick();
        assertEquals(List.of(EventType.STANDBY_ENDED), driver.recorded());
        assertEquals("not parked after 60 s", driver.records().get(0).text());
        assertEquals(2, driver.child(0).standbys().failures());
        long refillAtNs = driver.child(0).standbys().refillAtNs();
        assertEquals(driver.nowNs + 2_000 * MS, refillAtNs);

        driver.after(EndRules.KILL_REMINDER_NS).tick();
        assertEquals(List.of(), driver.recorded(), "that it is killed again is not told");
        assertEquals(driver.nowNs + EndRules.KILL_REMINDER_NS, driver.state.nextDeadlineNs());
        assertEquals(2, driver.child(0).standbys().failures());
        assertEquals(refillAtNs, driver.child(0).standbys().refillAtNs());
    }

    @Test
    void shouldBeginToCountAnewOnceOneHasLasted() {
        Driver driver = filled(Driver.running(worker(0, "ingest", 1).build()));
        gone(driver, 0, 1);
        gone(filled(driver).after(StandbyRules.LASTED_NS - 1), 0, 2);
        assertEquals(2, driver.child(0).standbys().failures());
        gone(filled(driver).after(StandbyRules.LASTED_NS), 0, 3);
        assertEquals(1, driver.child(0).standbys().failures());
    }

    @Test
    void shouldEndOneThatIsSpawnedWhenItIsNotNeededAnyMore() {
        Driver driver = Driver.running(worker(0, "ingest", 1).build());
        refill(driver, false).stop(0);
        assertTrue(
                driver.did().contains("EndStandby[child=0, standby=1]"),
                driver.did().toString());
        spawned(driver, 0, 1);
        assertEquals(List.of("EndStandby[child=0, standby=1]"), driver.did());
        assertEquals(Standby.Phase.ENDING, standby(driver, 0, 0).phase());
        gone(driver, 0, 1);
        assertEquals(0, driver.child(0).standbys().failures(), "it was to end");
    }

    @Test
    void shouldForgetOneThatWasToEndAndCouldNotBeSpawned() {
        Driver driver = Driver.running(worker(0, "ingest", 1).build());
        refill(driver, false).stop(0).step(new Event.StandbySpawnFailed(0, 1, "no such file", driver.nowNs));
        assertEquals(List.of(), driver.recorded());
        assertEquals(List.of(), driver.child(0).standbys().standbys());
        assertEquals(0, driver.child(0).standbys().failures());
    }

    @Test
    void shouldEndOnceMoreAfterTheRootsDeathWhatWasToEnd() {
        Driver driver = filled(Driver.running(worker(0, "ingest", 1).build()));
        driver.stop(0).dieAndResume().step(new Event.StandbyAdopted(0, 1, driver.nowNs));
        assertEquals(List.of("EndStandby[child=0, standby=1]"), driver.did());
    }

    @Test
    void shouldLaunchNoneWhileTheInstanceStops() {
        Driver driver = Driver.running(worker(0, "ingest", 1).build());
        driver.shutdown();
        assertEquals(ChildState.NEVER, driver.state.nextRefillNs());
    }

    /** Its segment tells that it ran, if it died before its release was heard of; of anybody else that says nothing. */
    @Test
    void shouldTakeOnlyAnAssignedOneForReleasedByWhatItsSegmentTells() {
        ExitStatus crash = new ExitStatus.Exited(1);
        Driver assigned = filled(Driver.running(worker(0, "ingest", 1).build())).signaled(0, 9);
        assertEquals(ChildPhase.HELD, assigned.phase(0));
        assigned.died(0, crash, null, StepProgress.MADE);
        assertTrue(assigned.recorded().contains(EventType.RELEASED), "it had its line");

        Driver ready = filled(Driver.running(worker(0, "ingest", 1).build())).signaled(0, 9);
        ready.released(0).becameReady(0).died(0, crash, null, StepProgress.MADE);
        assertFalse(ready.recorded().contains(EventType.RELEASED), "that was told before");

        Driver held = new Driver(worker(0, "ingest", 1).build()).begin().toHeld(0);
        held.died(0, crash, null, StepProgress.NONE);
        assertFalse(held.recorded().contains(EventType.RELEASED), "it was a launch of its own");
    }

    @Test
    void shouldLaunchTheSecondOnlyWhenTheFirstIsParked() {
        Driver driver = Driver.running(worker(0, "ingest", 2).build());
        refill(driver, false);
        assertEquals(ChildState.NEVER, driver.state.nextRefillNs(), "it is being spawned");
        spawned(driver, 0, 1);
        assertEquals(ChildState.NEVER, driver.state.nextRefillNs(), "it boots");
        parked(driver, 0, 1);
        assertTrue(driver.state.nextRefillNs() <= driver.nowNs);
        driver.stop(0);
        assertEquals(0, driver.child(0).standbys().live(), "it ends");
    }
}
