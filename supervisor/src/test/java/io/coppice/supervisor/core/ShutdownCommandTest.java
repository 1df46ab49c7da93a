package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ShutdownCommandTest {
    private static Driver stopping() {
        Driver driver = Driver.running(Specs.command(0, "db").shutdownCommand().build());
        driver.stop(0);
        assertEquals(ChildPhase.STOPPING, driver.phase(0));
        return driver;
    }

    private static Driver ended(Driver driver, @Nullable String failure) {
        return driver.step(new Event.ShutdownCommandEnded(0, 1, failure, driver.nowNs));
    }

    @Test
    void shouldAskByTheCommandAndLeaveItTheRestOfItsTime() {
        Driver driver = stopping();
        assertEquals(
                List.of(new Command.RunShutdownCommand(0, 1).toString(), "ok 1"),
                driver.did().stream().filter(did -> !did.equals("error")).toList());
        ended(driver, null);
        assertEquals(List.of(), driver.did());
        driver.exited(0, 0);
        assertEquals(PublishedState.STOPPED, driver.child(0).state());
    }

    @Test
    void shouldSendTheSignalWhereTheCommandFails() {
        Driver driver = ended(stopping(), "exit code 3");
        assertEquals(List.of("signal 0#1 TERM group"), driver.did());
        assertTrue(driver.records().stream()
                .anyMatch(record -> record.text().equals("its shutdown command failed: exit code 3; signal TERM")));
    }

    @Test
    void shouldKillWhatTheCommandDidNotMove() {
        Driver driver = ended(stopping(), null).toDeadline();
        assertEquals(List.of("kill 0#1"), driver.did());
        assertEquals(List.of(), ended(driver, "signal KILL").did());
    }

    @Test
    void shouldSendTheSignalWhenTheRootDiedMeanwhile() {
        Driver driver = stopping().dieAndResume().adopted(0);
        assertEquals(List.of("signal 0#1 TERM group"), driver.did());
    }

    @Test
    void shouldNotMindTheCommandOfAnEarlierProcess() {
        Driver driver = stopping().exited(0, 0).start(0).toReady(0).stop(0);
        assertEquals(List.of(), ended(driver, "late").did());
    }
}
