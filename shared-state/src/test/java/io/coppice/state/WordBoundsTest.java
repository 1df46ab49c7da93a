package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WordBoundsTest {
    private static final long[] LENGTHS = {0, 7, 8, 15, 16, 24, 4096, SegmentSpec.MAX_LENGTH_BYTES, 1L << 40};

    @Test
    void shouldSayWhatThreeComparisonsSay() {
        for (long length : LENGTHS) {
            for (long near : new long[] {0, length, Long.MAX_VALUE, Structure.DETACHED, Structure.REMOVED, 1L << 32}) {
                for (long distance = -64; distance <= 64; distance++) {
                    requireSame(near + distance, length);
                }
            }
        }
    }

    @Test
    void shouldSayItOfAnyOffset() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 1_000_000; i++) {
            long offset = random.nextLong() >> random.nextInt(Long.SIZE);
            requireSame(offset, LENGTHS[random.nextInt(LENGTHS.length)]);
        }
    }

    @Test
    void shouldLetNothingThroughOfAClosedMapping() {
        assertTrue(WordBounds.isOutside(0, WordBounds.of(0)));
    }

    private static void requireSame(long offset, long length) {
        boolean outside = offset < 0 || offset > length - Long.BYTES || (offset & 7) != 0;
        assertEquals(
                outside,
                WordBounds.isOutside(offset, WordBounds.of(length)),
                "offset " + offset + ", length " + length);
    }
}
