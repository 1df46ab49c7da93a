package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import org.junit.jupiter.api.Test;

/** The words of page 0 by which a daemon, its root and the processes of its transactions understand each other. */
class RequestWordsTest {
    private static final int LENGTH = 64 << 10;
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("scratch");
    private static final LongField VALUE = BUILDER.int64("value");
    private static final RecordLayout SCRATCH = BUILDER.build();

    private final RecordingMemory memory = TestSegments.formatted(LENGTH);
    private final ReadOnlySegment reader = TestSegments.read(memory);
    private OwnedSegment segment = takeOver(1);

    private OwnedSegment takeOver(long incarnation) {
        OwnedSegment taken = TestSegments.own(memory, incarnation);
        taken.recover();
        return taken;
    }

    private void commitValue(long value) {
        segment.state().record("scratch", SCRATCH).set(VALUE, value);
        segment.state().commit();
    }

    @Test
    void shouldKeepAWordForEachSlotOverOwners() {
        for (int slot = 1; slot <= OwnedSegment.MAX_SLOTS; slot++) {
            assertEquals(0, reader.request(slot));
            segment.request(slot, slot % 2 == 0 ? slot : -slot);
        }
        segment.orderDone(9);
        segment = takeOver(2);
        for (int slot = 1; slot <= OwnedSegment.MAX_SLOTS; slot++) {
            assertEquals(slot % 2 == 0 ? slot : -slot, reader.request(slot));
            assertEquals(reader.request(slot), segment.request(slot));
        }
        assertEquals(9, reader.orderDone());
    }

    @Test
    void shouldRefuseASlotThatHasNoWord() {
        for (int slot : new int[] {0, -1, 33, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThrows(IndexOutOfBoundsException.class, () -> segment.request(slot, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> reader.request(slot));
        }
    }

    @Test
    void shouldBeDoneOnceTheStampedCommitIsStored() {
        segment.beginRequest(17);
        assertFalse(reader.done(17));
        commitValue(1);
        assertFalse(reader.done(17));
        segment.stampResult();
        assertTrue(segment.state().dirty());
        assertFalse(reader.done(17));
        segment.state().commit();
        assertTrue(reader.done(17));
        assertFalse(reader.done(18));
        commitValue(2);
        assertTrue(reader.done(17));
        segment.state().rollback();
        segment = takeOver(2);
        assertTrue(reader.done(17));
        assertEquals(17, segment.requestId());
    }

    @Test
    void shouldTakeAStampBackWithARollback() {
        segment.beginRequest(17);
        commitValue(1);
        segment.stampResult();
        segment.state().rollback();
        assertFalse(segment.state().dirty());
        commitValue(2);
        assertFalse(reader.done(17));
    }

    @Test
    void shouldTakeAStampBackThatItsOwnerDiedWith() {
        segment.beginRequest(17);
        commitValue(1);
        segment.stampResult();
        segment = takeOver(2);
        commitValue(2);
        assertFalse(reader.done(17));
    }

    @Test
    void shouldEmptyTheContentsForTheNextRequest() {
        segment.beginRequest(17);
        commitValue(1);
        segment.stampResult();
        segment.state().commit();
        segment.beginRequest(18);
        assertFalse(reader.done(17));
        assertFalse(reader.done(18));
        assertEquals(18, reader.requestId());
        assertTrue(segment.state().structures().isEmpty());
        assertTrue(segment.setAside().isEmpty());
    }

    @Test
    void shouldEmptyDamagedContentsForTheNextRequest() {
        commitValue(1);
        memory.putLong(SegmentGeometry.of(LENGTH).arenaOffset(), -1);
        OwnedSegment damaged = TestSegments.own(memory, 2);
        assertThrows(SegmentDamagedException.class, damaged::recover);
        damaged.beginRequest(18);
        assertFalse(damaged.isDamaged());
        assertEquals(0, damaged.state().commitSequence());
    }

    @Test
    void shouldHaveNoResultOfContentsThatWereReplaced() throws SegmentException {
        segment.beginRequest(17);
        commitValue(1);
        segment.stampResult();
        segment.state().commit();
        segment.empty(false);
        commitValue(1);
        segment.state().commit();
        segment.state().commit();
        assertFalse(reader.done(17));
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertThrows(IllegalStateException.class, segment::stampResult);
        assertThrows(IllegalArgumentException.class, () -> segment.beginRequest(0));
        assertThrows(IllegalArgumentException.class, () -> segment.beginRequest(-17));
        OwnedSegment unrecovered = TestSegments.own(memory, 2);
        assertThrows(IllegalStateException.class, () -> unrecovered.beginRequest(17));
    }

    /** A stamp above the commit after the last one is damage of either word. */
    @Test
    void shouldNoticeAStampThatNoCommitCanBear() {
        commitValue(1);
        memory.putLong(HeaderLayout.RESULT_STAMP_OFFSET, 3);
        OwnedSegment damaged = TestSegments.own(memory, 2);
        assertThrows(SegmentDamagedException.class, damaged::recover);
    }

    @Test
    void shouldReadAResultThatIsDoneAndNotLongerThanItMayBe() {
        segment.beginRequest(17);
        AppendLog log = segment.result(2, AppendLog.entryBytes(16));
        log.append(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, 0, 8);
        log.append(new byte[] {9, 10}, 0, 2);
        segment.state().commit();
        assertThrows(SegmentDamagedException.class, () -> reader.result(17, 10), "not stamped");
        segment.stampResult();
        segment.state().commit();
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, reader.result(17, 10));
        assertThrows(CapacityExceededException.class, () -> reader.result(17, 9));
        assertThrows(SegmentDamagedException.class, () -> reader.result(18, 10));
    }
}
