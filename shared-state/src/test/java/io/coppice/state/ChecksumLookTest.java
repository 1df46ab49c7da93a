package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.ReaderInterleavingTest.Replaying;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: whoever checks a sound arena beside its living owner never finds it damaged. Method: as {@link
 * ReaderInterleavingTest}, with owners that turn the checksum on and off.
 */
class ChecksumLookTest {
    @ParameterizedTest
    @ValueSource(longs = {141, 142, 143})
    void shouldNotTakeChangesForDamage(long seed) {
        RecordedRun run = RecordedRun.checked(seed, 150, UnaryOperator.identity());
        SplittableRandom random = new SplittableRandom(seed);
        int right = 0;
        for (int round = 0; round < 400; round++) {
            byte[] disk = run.startImage();
            int start = random.nextInt(run.memory().recorded());
            for (int step = 0; step < start; step++) {
                run.memory().replay(step, disk);
            }
            Replaying writer = new Replaying(run.memory(), disk, start, random, 1 << random.nextInt(16));
            ChecksumVerdict verdict = new ChecksumLook(writer, SegmentGeometry.of(disk.length)).tryTake();
            assertNotEquals(ChecksumVerdict.WRONG, verdict, "seed " + seed + ", round " + round);
            right += verdict == ChecksumVerdict.RIGHT ? 1 : 0;
        }
        assertTrue(right > 20, "seed " + seed + ": " + right);
    }
}
