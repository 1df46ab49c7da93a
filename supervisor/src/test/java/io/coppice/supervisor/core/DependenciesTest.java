package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.core.Dependency.Condition;
import java.util.List;
import org.junit.jupiter.api.Test;

class DependenciesTest {
    private static Driver pair(Condition condition) {
        return new Driver(
                        Specs.worker(0, "db").build(),
                        Specs.worker(1, "web").dependsOn(0, condition).build())
                .begin();
    }

    @Test
    void shouldWaitVisiblyForWhatItDependsOn() {
        Driver driver = pair(Condition.READY);
        assertEquals(List.of("spawn 0#1"), driver.did());
        assertEquals(PublishedState.STOPPED, driver.child(1).state());
        assertEquals(Wanted.UP, driver.child(1).wanted());
    }

    @Test
    void shouldLaunchOnceTheOtherIsStarted() {
        Driver driver = pair(Condition.STARTED).toHeld(0);
        assertEquals(List.of("release 0#1"), driver.did(), "held is not started");
        driver.released(0);
        assertEquals(List.of("spawn 1#1"), driver.did());
    }

    @Test
    void shouldLaunchOnceTheOtherIsReady() {
        Driver driver = pair(Condition.READY).toStarting(0);
        assertEquals(List.of(), driver.did());
        driver.becameReady(0);
        assertEquals(List.of("spawn 1#1"), driver.did());
    }

    @Test
    void shouldLaunchOnceTheOtherHasCompleted() {
        Driver driver = pair(Condition.COMPLETED).toReady(0);
        assertEquals(List.of(), driver.did());
        driver.exited(0, 0);
        assertEquals(List.of("spawn 1#1"), driver.did());
    }

    @Test
    void shouldTakeACompletedOneAsHavingBeenReady() {
        Driver driver = new Driver(
                        Specs.command(0, "migrate").build(),
                        Specs.worker(1, "web").build(),
                        Specs.worker(2, "late")
                                .dependsOn(0, Condition.READY)
                                .dependsOn(1, Condition.READY)
                                .build())
                .begin();
        driver.toReady(0).exited(0, 0).toReady(1);
        assertEquals(List.of("spawn 2#1"), driver.did());
    }

    @Test
    void shouldWaitForAllOfSeveral() {
        Driver driver = new Driver(
                        Specs.command(0, "a").build(),
                        Specs.command(1, "b").build(),
                        Specs.command(2, "c")
                                .dependsOn(0, Condition.READY)
                                .dependsOn(1, Condition.READY)
                                .build())
                .begin();
        driver.toStarting(1);
        assertEquals(List.of(), driver.did());
        driver.toStarting(0);
        assertEquals(List.of("spawn 2#1"), driver.did());
    }

    @Test
    void shouldGoOnWaitingAndSaySoWhenTheOtherFails() {
        Driver driver = pair(Condition.READY).toStarting(0).exited(0, 78);
        assertEquals(ChildPhase.FAILED, driver.phase(0));
        assertEquals(ChildPhase.WAITING, driver.phase(1));
        Command.RecordEvent record = driver.records().get(driver.records().size() - 1);
        assertEquals(EventType.WAITING, record.type());
        assertEquals(1, record.child());
        assertEquals("waits for db to be ready; it is failed, and `coppice start db` tries it again", record.text());
        driver.start(0).toReady(0);
        assertEquals(List.of("spawn 1#1"), driver.did());
    }

    @Test
    void shouldSayInTheReadersWordsWhatTheOtherIs() {
        Driver driver = new Driver(
                        Specs.command(0, "db").build(),
                        Specs.command(1, "api").dependsOn(0, Condition.READY).build(),
                        Specs.command(2, "web").dependsOn(1, Condition.READY).build())
                .begin();
        driver.toReady(0).toReady(1).toReady(2).exited(0, 1).exited(1, 1);
        assertEquals("waits for db to be ready; it is being launched", lastText(driver));
        driver.exited(2, 1);
        assertEquals("waits for api to be ready; it is waiting itself", lastText(driver));
        driver.toReady(0)
                .toReady(1)
                .toReady(2)
                .stop(1)
                .exited(1, 0)
                .stop(2)
                .exited(2, 0)
                .start(2);
        assertEquals("waits for api to be ready; it is stopped, and `coppice start api` starts it", lastText(driver));
    }

    private static String lastText(Driver driver) {
        return driver.records().stream()
                .filter(record -> record.type() == EventType.WAITING)
                .reduce((earlier, later) -> later)
                .orElseThrow()
                .text();
    }

    @Test
    void shouldNotStopADependentWhenTheOtherIsStopped() {
        Driver driver = pair(Condition.READY).toReady(0).toReady(1).stop(0).exited(0, 0);
        assertEquals(ChildPhase.READY, driver.phase(1));
    }

    @Test
    void shouldHoldBackTheRestartOfADependentUntilTheOtherIsBack() {
        Driver driver = pair(Condition.READY).toReady(0).toReady(1).exited(0, 1);
        driver.exited(1, 1);
        assertEquals(ChildPhase.WAITING, driver.phase(1));
        driver.toReady(0);
        assertEquals(List.of("spawn 1#2"), driver.did());
    }

    @Test
    void shouldHoldBackAnOperatorsStartToo() {
        Driver driver = pair(Condition.READY).stop(1).start(1);
        assertEquals(List.of("ok 0"), driver.did());
        assertEquals(ChildPhase.WAITING, driver.phase(1));
        assertTrue(driver.recorded().contains(EventType.WAITING));
    }

    @Test
    void shouldNotLaunchAWaitingChildThatWasStopped() {
        Driver driver = pair(Condition.READY).stop(1).toReady(0);
        assertEquals(List.of(), driver.did());
        assertEquals(ChildPhase.STOPPED, driver.phase(1));
    }

    @Test
    void shouldRefuseADependencyOnALaterChild() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Specs.worker(1, "web").dependsOn(1, Condition.READY).build());
    }
}
