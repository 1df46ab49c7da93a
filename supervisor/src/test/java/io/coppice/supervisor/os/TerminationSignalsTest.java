package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminationSignalsTest {
    @Test
    void shouldHandEachSignalToTheDutyCycleAndEndNothingByItself() throws Exception {
        try (ChildJvm probe = new ChildJvm(Map.of(), "", SignalProbe.class)) {
            assertEquals("listening", probe.readLine());
            try (PidFd process = PidFd.open(probe.pid())) {
                for (int signo : new int[] {1, 2, 1, 15}) {
                    assertEquals(0, process.signal(signo));
                    assertEquals(Integer.toString(signo), probe.readLine());
                }
            }
            assertEquals(0, probe.awaitExit(), "ended by its own loop, not by the signal");
        }
    }

    @ParameterizedTest
    @CsvSource({"HUP, 1", "INT, 2"})
    void shouldRespectWhatIsToBeIgnored(String name, int signo) throws Exception {
        try (ChildJvm probe = new ChildJvm(Map.of(), "trap '' " + name + "; exec \"$@\"", SignalProbe.class)) {
            assertEquals("listening", probe.readLine());
            try (PidFd process = PidFd.open(probe.pid())) {
                assertEquals(0, process.signal(signo));
                assertEquals(0, process.signal(15));
                assertEquals("15", probe.readLine());
            }
            assertEquals(0, probe.awaitExit());
        }
    }

    @Test
    void shouldNotLetAHangupHideAStopThatHasNotBeenSeen() {
        assertEquals(15, TerminationSignals.pendingAfter(15, 1));
        assertEquals(2, TerminationSignals.pendingAfter(2, 1));
        assertEquals(1, TerminationSignals.pendingAfter(0, 1));
        assertEquals(15, TerminationSignals.pendingAfter(1, 15));
        assertEquals(15, TerminationSignals.pendingAfter(2, 15));
    }
}
