package io.coppice.supervisor.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** A seed means the same run for ever, so its sequence is written down here. */
class DrawsTest {
    /** The published sequence of SplitMix64 from seed 1234567. */
    @Test
    void shouldDrawTheSequenceOfSplitMix64() {
        Draws draws = new Draws(1_234_567);
        assertEquals(6_457_827_717_110_365_317L, draws.nextLong());
        assertEquals(3_203_168_211_198_807_973L, draws.nextLong());
        assertEquals(-8_629_252_141_511_181_193L, draws.nextLong());
    }

    @Test
    void shouldFindTheBucketOfEachTime() {
        for (long timeNs = 1; timeNs > 0 && timeNs < Long.MAX_VALUE / 3; timeNs = timeNs * 3 / 2 + 1) {
            long lower = TimesHistogram.lowerEnd(TimesHistogram.bucket(timeNs));
            assertEquals(timeNs, lower, timeNs / 128.0);
            assertEquals(true, lower <= timeNs);
        }
    }
}
