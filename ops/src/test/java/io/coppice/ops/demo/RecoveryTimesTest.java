package io.coppice.ops.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RecoveryTimesTest {
    @Test
    void shouldTellMedianAndMaximum() {
        RecoveryTimes times = new RecoveryTimes();
        for (long time = 100; time >= 1; time--) {
            times.add(time);
        }
        assertEquals(100, times.count());
        assertEquals(50, times.p50Ns());
        assertEquals(100, times.maxNs());
    }

    @Test
    void shouldTellTheOnlyOneAndNothingOfNone() {
        RecoveryTimes times = new RecoveryTimes();
        assertEquals(0, times.p50Ns());
        assertEquals(0, times.maxNs());
        times.add(7);
        assertEquals(7, times.p50Ns());
        assertEquals(7, times.maxNs());
        assertEquals("12.3 ms", RecoveryTimes.inMs(12_345_678));
    }
}
