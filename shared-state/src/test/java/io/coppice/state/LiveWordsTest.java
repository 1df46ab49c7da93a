package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each bit of the words that change as a segment is used, flipped: what a take-over notices, and what it does not. */
class LiveWordsTest {
    private static final int STATE_BYTES = 128 << 10;

    /** An odd and an even one, so that a flip of the lowest bit is met in both directions. */
    private static final int COMMITS = 6;

    private final RecordingMemory memory = TestSegments.formatted(STATE_BYTES, 1);
    private final HeapAside aside = new HeapAside(memory);

    /** On its second timeline, after as many commits as there, the last with an image to publish and a word not committed. */
    private void fill(Checksum checksum, int commits) throws Exception {
        OwnedSegment segment = TestSegments.own(memory, 1, aside);
        segment.recover(checksum);
        set(segment, 1);
        segment.checkpoint();
        set(segment, 2);
        segment.restore(segment.checkpoints().get(0));
        for (int i = 1; i < commits; i++) {
            set(segment, 2 + i);
        }
        Record record = segment.state().published("counters", RecordPlayer.COUNTERS);
        record.set(RecordPlayer.TOTAL, -1);
    }

    private static void set(OwnedSegment segment, long value) {
        segment.state().published("counters", RecordPlayer.COUNTERS).set(RecordPlayer.TOTAL, value);
        segment.state().commit();
    }

    private static long total(OwnedSegment segment) {
        return segment.state().published("counters", RecordPlayer.COUNTERS).get(RecordPlayer.TOTAL);
    }

    /** Bits of a word whose damage a successor does not notice; of each other one it is seen that it can step back. */
    private List<Integer> unnoticed(long offset) throws Exception {
        List<Integer> bits = new ArrayList<>();
        for (int bit = 0; bit < Long.SIZE; bit++) {
            RecordingMemory damaged = new RecordingMemory(memory.copy());
            damaged.putLong(offset, damaged.getLong(offset) ^ 1L << bit);
            HeapAside kept = aside.of(damaged);
            OwnedSegment successor = TestSegments.own(damaged, 2, kept);
            try {
                successor.recover();
                bits.add(bit);
            } catch (SegmentDamagedException e) {
                byte[] left = damaged.copy();
                assertTrue(successor.isDamaged(), "bit " + bit);
                assertThrows(
                        SegmentDamagedException.class,
                        () -> TestSegments.own(damaged, 3, kept).recover());
                System.arraycopy(left, 0, damaged.bytes(), 0, left.length);
                successor.empty(true);
                assertTrue(successor.timeline() > 2, "bit " + bit);
                assertEquals(0, successor.state().commitSequence(), "bit " + bit);
            }
        }
        return bits;
    }

    @ParameterizedTest
    @EnumSource(Checksum.class)
    void shouldNoticeEveryFlippedBitOfATimeline(Checksum checksum) throws Exception {
        fill(checksum, COMMITS);
        assertEquals(List.of(), unnoticed(HeaderLayout.TIMELINE_OFFSET));
        assertEquals(List.of(), unnoticed(HeaderLayout.TIMELINE_START_OFFSET));
    }

    @ParameterizedTest
    @EnumSource(Checksum.class)
    void shouldNoticeAFlippedBitOfTheCommitSequenceAsFarAsSomethingElseTellsIt(Checksum checksum) throws Exception {
        fill(checksum, COMMITS);
        long committed = memory.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
        assertEquals(6, committed);
        List<Integer> unnoticed = unnoticed(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
        if (checksum == Checksum.ARENA) {
            assertEquals(List.of(), unnoticed);
        } else {
            // A higher number contradicts nothing; the sign is one, and what makes it lower is stamped above it.
            assertFalse(unnoticed.contains(1) || unnoticed.contains(2) || unnoticed.contains(63), "bits " + unnoticed);
        }
    }

    /** To the letter what a death between the last change and its commit leaves. */
    @ParameterizedTest
    @EnumSource(Checksum.class)
    void shouldTakeTheNumberLessOneForTheCommitBefore(Checksum checksum) throws Exception {
        fill(checksum, COMMITS - 1);
        OwnedSegment owner = TestSegments.own(memory, 2, aside);
        owner.recover();
        set(owner, 100);
        set(owner, 101);
        assertEquals(7, owner.state().commitSequence());
        if (checksum == Checksum.ARENA) {
            assertEquals(List.of(0), unnoticed(HeaderLayout.COMMIT_SEQUENCE_OFFSET));
        }
        memory.putLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET, 6);
        OwnedSegment successor = TestSegments.own(memory, 3, aside);
        successor.recover();
        assertEquals(100, total(successor));
    }

    @ParameterizedTest
    @EnumSource(Checksum.class)
    void shouldServeWithAnyCountOfRollbacks(Checksum checksum) throws Exception {
        fill(checksum, COMMITS);
        byte[] before = memory.copy();
        for (int bit = 0; bit < Long.SIZE; bit++) {
            System.arraycopy(before, 0, memory.bytes(), 0, before.length);
            memory.putLong(
                    HeaderLayout.ROLLBACK_COUNT_OFFSET, memory.getLong(HeaderLayout.ROLLBACK_COUNT_OFFSET) ^ 1L << bit);
            OwnedSegment successor = TestSegments.own(memory, 2, aside);
            successor.recover();
            assertEquals(1 + COMMITS, total(successor), "bit " + bit);
            assertEquals(0, memory.getLong(HeaderLayout.ROLLBACK_COUNT_OFFSET) & 1, "bit " + bit);
            TestSegments.snapshot(TestSegments.read(memory));
        }
    }
}
