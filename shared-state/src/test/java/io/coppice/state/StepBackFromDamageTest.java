package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import org.junit.jupiter.api.Test;

/** A word of the header is damaged, and the contents are sound: a step back from them keeps them, whichever word it is. */
class StepBackFromDamageTest {
    private static final int STATE_BYTES = 64 << 10;

    private final RecordingMemory memory = TestSegments.formatted(STATE_BYTES);
    private final HeapAside aside = new HeapAside(memory);

    /** Two timelines, the second with four commits. */
    private void fill() throws Exception {
        OwnedSegment segment = TestSegments.own(memory, 1, aside);
        segment.recover();
        set(segment, 1);
        segment.empty(true);
        for (int value = 2; value <= 5; value++) {
            set(segment, value);
        }
        assertEquals(2, segment.timeline());
        assertEquals(4, segment.state().commitSequence());
    }

    private static void set(OwnedSegment segment, long value) {
        segment.state().record("counters", RecordPlayer.COUNTERS).set(RecordPlayer.TOTAL, value);
        segment.state().commit();
    }

    private OwnedSegment damaged(long offset, long value) {
        memory.putLong(offset, value);
        OwnedSegment successor = TestSegments.own(memory, 2, aside);
        assertThrows(SegmentDamagedException.class, successor::recover);
        return successor;
    }

    @Test
    void shouldKeepContentsWhoseCommitIsDamagedToNone() throws Exception {
        fill();
        damaged(HeaderLayout.COMMIT_SEQUENCE_OFFSET, 0).empty(true);
        assertTrue(aside.has(2, 0));
    }

    @Test
    void shouldKeepContentsBesideADamagedMarkerOfAStepBack() throws Exception {
        fill();
        damaged(HeaderLayout.STEP_BACK_OFFSET, 1L << 40).empty(true);
        assertTrue(aside.has(2, 4));
    }

    @Test
    void shouldNotUseTheNumberOfATimelineAgainWhoseRecordIsDamaged() throws Exception {
        fill();
        long pair = HeaderLayout.TIMELINES_OFFSET + 2L * HeaderLayout.TIMELINE_PAIR_LENGTH;
        assertEquals(2, memory.getLong(pair));
        OwnedSegment successor = damaged(pair, 3);
        successor.empty(true);
        assertEquals(3, successor.timeline());
        assertTrue(aside.has(2, 4));
    }
}
