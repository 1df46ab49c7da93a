package io.coppice.supervisor.core;

import static io.coppice.supervisor.core.Specs.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;

class HangTest {
    private final Driver driver = Driver.running(
            Specs.worker(0, "ingest").build(), Specs.command(1, "bystander").build());

    @Test
    void shouldDumpTheThreadsOfAHungWorkerAndKillItAfterAShortGrace() {
        driver.heartbeatLost(0);
        assertEquals(List.of("dump 0#1"), driver.did());
        assertEquals(List.of(EventType.HANG), driver.recorded());
        assertEquals("no heartbeat for 5 s", driver.records().get(0).text());
        assertEquals(PublishedState.STOPPING, driver.child(0).state());
        assertEquals(Wanted.UP, driver.child(0).wanted());
        assertEquals(driver.nowNs + 250 * Specs.MS, driver.state.nextDeadlineNs());
        driver.toDeadline();
        assertEquals(List.of("kill 0#1"), driver.did());
        driver.signaled(0, 9);
        assertEquals(List.of("spawn 0#2"), driver.did());
        assertEquals(ExitKind.HANG, driver.lastExit(0).kind());
        assertEquals(9, driver.lastExit(0).signal());
        assertEquals(1, driver.child(0).failureCount());
    }

    @Test
    void shouldSayWhatWasNotCountedOfTheSilence() {
        driver.step(new Event.HeartbeatLost(0, 1, "50.0 s stopped", driver.nowNs));
        assertEquals(
                "no heartbeat for 5 s; not counted: 50.0 s stopped",
                driver.records().get(0).text());
    }

    @Test
    void shouldTreatASlowStartLikewise() {
        driver.exited(0, 1).toStarting(0).toDeadline();
        assertEquals(Driver.START_NS + 60 * SECOND, driver.nowNs);
        assertEquals(List.of("dump 0#2"), driver.did());
        assertEquals(List.of(EventType.START_TIMEOUT), driver.recorded());
        driver.toDeadline().signaled(0, 9);
        assertEquals(ExitKind.START_TIMEOUT, driver.lastExit(0).kind());
        assertEquals("not ready within 60 s", driver.lastExit(0).text());
    }

    @Test
    void shouldNotCallAHangWhatEndedByItselfMeanwhile() {
        driver.heartbeatLost(0).died(0, new ExitStatus.Exited(70), "java.io.IOException: at last");
        assertEquals(ExitKind.EXCEPTION, driver.lastExit(0).kind());
        assertEquals("java.io.IOException: at last", driver.lastExit(0).text());
    }

    @Test
    void shouldNotMistakeTheHangsKillForAnOperators() {
        driver.kill(0, "KILL", 9).heartbeatLost(0).toDeadline().signaled(0, 9);
        assertEquals(1, driver.child(0).failureCount());
    }

    @Test
    void shouldIgnoreAHeartbeatWhileStarting() {
        driver.exited(0, 1).toStarting(0);
        SupervisorState starting = driver.state;
        driver.heartbeatLost(0);
        assertSame(starting, driver.state);
    }

    @Test
    void shouldIgnoreTheHeartbeatOfAChildThatHasNone() {
        driver.heartbeatLost(1);
        assertEquals(ChildPhase.READY, driver.phase(1));
    }
}
