package io.coppice.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ParkedStandbyTest {
    @Test
    void shouldSayWhatItTookAndWhatItHolds() {
        ParkedStandby parked =
                new ParkedStandby("standby-32", 1_808_123, 56, 10, new ProcessReading.MemoryMib(80.31, 60.94, 59.06));

        assertEquals(
                "parked standby of standby-32: 1.808 ms of CPU and 56 wakeups in 10 s (target 0 %),"
                        + " RSS 80.3 MiB, PSS 60.9 MiB, of that anonymous 59.1 MiB",
                parked.line());
    }
}
