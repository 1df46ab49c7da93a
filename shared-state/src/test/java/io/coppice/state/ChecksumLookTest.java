package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.ReaderInterleavingTest.Replaying;
import io.coppice.state.testing.RecordingMemory;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
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

    /** The log is as long as before, and holds other entries: only the count of rollbacks tells. */
    @Test
    void shouldNotTakeARollbackAndAnotherChangeForDamage() {
        RecordLayout.Builder builder = RecordLayout.named("pair");
        LongField first = builder.int64("first");
        LongField second = builder.int64("second");
        RecordLayout layout = builder.build();
        RecordingMemory disk = TestSegments.formatted(RecordedRun.LENGTH);
        SegmentGeometry geometry = SegmentGeometry.of(RecordedRun.LENGTH);
        OwnedSegment owner = TestSegments.own(disk, 1);
        owner.recover(Checksum.ARENA);
        Record record = owner.state().record("pair", layout);
        record.set(first, 11);
        owner.state().commit();
        record.set(first, 21);
        boolean[] changed = {false};
        Memory reading = new ReaderInterleavingTest.Reading(disk.bytes()) {
            @Override
            public void getBytes(long offset, byte[] target, int from, int length) {
                super.getBytes(offset, target, from, length);
                if (!changed[0] && offset == geometry.undoOffset()) {
                    changed[0] = true;
                    owner.state().rollback();
                    record.set(second, 22);
                }
            }
        };
        ChecksumLook look = new ChecksumLook(reading, geometry);
        assertEquals(ChecksumVerdict.BUSY, look.tryTake());
        assertEquals(ChecksumVerdict.RIGHT, look.tryTake());
    }
}
