package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: the ranges that a commit tells are enough to keep a copy of the arena up to date, commit by commit. */
class ChangedRangesTest {
    private static final int LENGTH = (int) SegmentSpec.MIN_LENGTH_BYTES;

    private final RecordLayout.Builder builder = RecordLayout.named("counters");
    private final LongField position = builder.int64("position");
    private final BytesField word = builder.bytes("word", 100);
    private final RecordLayout layout = builder.build();
    private final RecordingMemory memory = TestSegments.formatted(LENGTH);

    private State open() {
        OwnedSegment segment = TestSegments.own(memory, 1);
        segment.recover();
        return segment.state();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldBeAllThatACopyNeeds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        State state = open();
        byte[] replica = arena();
        for (int commit = 0; commit < 200; commit++) {
            for (int change = random.nextInt(6); change > 0; change--) {
                change(state, random);
            }
            if (random.nextInt(8) == 0) {
                state.rollback();
            }
            state.forEachChange((offset, length) -> ship(replica, offset, length));
            state.commit();
            assertArrayEquals(arena(), replica, "seed " + seed + ", commit " + commit);
        }
    }

    @Test
    void shouldTellNothingAfterACommitOrARollback() {
        State state = open();
        state.record("r", layout).set(position, 1);
        state.commit();
        assertEquals(0, count(state));
        state.record("r", layout).set(position, 2);
        assertEquals(1, count(state));
        state.rollback();
        assertEquals(0, count(state));
    }

    private static int count(State state) {
        List<Long> ranges = new ArrayList<>();
        state.forEachChange((offset, length) -> ranges.add(offset));
        return ranges.size();
    }

    private void change(State state, SplittableRandom random) {
        switch (random.nextInt(4)) {
            case 0 -> state.record("r", layout).set(position, random.nextLong());
            case 1 -> state.record("r", layout).set(word, "w".repeat(random.nextInt(100)));
            case 2 -> state.stringLongMap("m", 40, 40, 1024).add("key" + random.nextInt(30), 1);
            default -> state.stringLongMap("m", 40, 40, 1024).remove("key" + random.nextInt(30));
        }
    }

    private void ship(byte[] replica, long offset, long length) {
        assertTrue(length > 0 && (offset & 7) == 0 && (length & 7) == 0, offset + "+" + length);
        int from = (int) SegmentGeometry.of(LENGTH).arenaOffset();
        System.arraycopy(memory.bytes(), (int) offset, replica, (int) offset - from, (int) length);
    }

    private byte[] arena() {
        return Arrays.copyOfRange(
                memory.bytes(), (int) SegmentGeometry.of(LENGTH).arenaOffset(), LENGTH);
    }
}
