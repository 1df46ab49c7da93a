package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.state.testing.RecordingMemory;
import java.lang.reflect.Field;
import org.junit.jupiter.api.Test;

/**
 * Goal: what the engine remembers of the words that it logged is not taken for new 2^32 commits later. Method: nobody can
 * wait for those, so the sequence is moved on, in the segment and in the engine, to where the last of them comes.
 */
class SequenceWrapTest {
    private static final int LENGTH = (int) SegmentSpec.MIN_LENGTH_BYTES;
    private static final long WRAP = 1L << 32;

    private final RecordLayout.Builder builder = RecordLayout.named("r");
    private final LongField value = builder.int64("value");
    private final RecordLayout layout = builder.build();
    private final RecordingMemory memory = TestSegments.formatted(LENGTH);

    private CommitEngine engine() {
        OwnedSegment owner = TestSegments.own(memory, 1);
        owner.recover();
        try {
            Field field = OwnedSegment.class.getDeclaredField("engine");
            field.setAccessible(true);
            return (CommitEngine) field.get(owner);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** As if that many commits had been made, none of which changed anything. */
    private void moveOn(CommitEngine engine, long sequence) {
        memory.putLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET, sequence);
        try {
            Field field = CommitEngine.class.getDeclaredField("sequence");
            field.setAccessible(true);
            field.setLong(engine, sequence);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldLogAWordThatWasLoggedTwoToTheThirtyTwoCommitsBefore() {
        CommitEngine engine = engine();
        long word = engine.geometry.arenaOffset() + engine.geometry.arenaLength() / 2;
        commitTo(engine, 5);
        engine.setLong(word, 1);
        engine.setZero(word + 64, 2);
        engine.commit();
        moveOn(engine, WRAP - 1);
        commitTo(engine, WRAP + 5);
        engine.setLong(word, 2);
        engine.setBytes(word + 64, new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9}, 0, 16);

        CommitEngine successor = engine();
        assertEquals(WRAP + 5, successor.sequence());
        assertEquals(1, successor.getLong(word));
        assertEquals(0, successor.getLong(word + 64));
        assertEquals(0, successor.getLong(word + 72));
    }

    private static void commitTo(CommitEngine engine, long sequence) {
        while (engine.sequence() < sequence) {
            engine.commit();
        }
    }

    @Test
    void shouldResumeAndRollBackOnEitherSideOfTheWrap() {
        memory.putLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET, WRAP - 3);
        long expected = 0;
        for (int i = 0; i < 6; i++) {
            OwnedSegment owner = TestSegments.own(memory, i + 1);
            assertEquals(WRAP - 3 + i, owner.recover().commitSequence());
            Record record = owner.state().record("r", layout);
            assertEquals(expected, record.get(value));
            record.set(value, ++expected);
            owner.state().commit();
            record.set(value, -1);
        }
    }
}
