package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import org.junit.jupiter.api.Test;

/** Whoever keeps a state or a structure beyond its time can do no harm with it. */
class RenewedStateTest {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("scratch");
    private static final LongField VALUE = BUILDER.int64("value");
    private static final RecordLayout SCRATCH = BUILDER.build();

    private final RecordingMemory memory = TestSegments.formatted(64 << 10);
    private final OwnedSegment segment = TestSegments.own(memory, 1);

    private State before() {
        segment.recover();
        segment.state().record("scratch", SCRATCH).set(VALUE, 1);
        segment.state().commit();
        return segment.state();
    }

    @Test
    void shouldGoBackToTheLastCommitAndTakeWhatWasHandedOutOutOfUse() {
        State kept = before();
        Record record = kept.record("scratch", SCRATCH);
        record.set(VALUE, 2);

        State renewed = segment.renewState();

        assertNotSame(kept, renewed);
        assertFalse(renewed.dirty());
        assertEquals(1, renewed.record("scratch", SCRATCH).get(VALUE));
        assertThrows(IllegalStateException.class, () -> record.set(VALUE, 3));
        assertFalse(renewed.dirty());
    }

    @Test
    void shouldRefuseEverythingOfAStateWhoseTimeIsOver() {
        State kept = before();
        State renewed = segment.renewState();
        renewed.record("scratch", SCRATCH).set(VALUE, 4);

        assertThrows(IllegalStateException.class, kept::commit);
        assertThrows(IllegalStateException.class, kept::rollback);
        assertThrows(IllegalStateException.class, () -> kept.record("scratch", SCRATCH));
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> kept.record("another", SCRATCH));

        assertEquals(
                "This state of segment test/unit is no longer in use: its contents were replaced, or its time is over."
                        + " Ask for the state again.",
                refused.getMessage());
        assertTrue(renewed.dirty());
        assertEquals(1, renewed.commitSequence());
        assertEquals(4, renewed.record("scratch", SCRATCH).get(VALUE));
    }

    @Test
    void shouldKnowAsItsOwnerWhetherThereIsAResult() {
        before();
        segment.beginRequest(17);
        assertFalse(segment.done(17));
        segment.stampResult();
        assertFalse(segment.done(17));
        segment.state().commit();
        assertTrue(segment.done(17));
        assertFalse(segment.done(18));
        segment.beginRequest(18);
        assertFalse(segment.done(18));
    }
}
