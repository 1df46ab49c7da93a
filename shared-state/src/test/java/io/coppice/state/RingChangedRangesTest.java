package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: each byte that a commit changes in the arena is within the ranges that it tells, also for rings and cursors, whose
 * words are not logged. Method: a writer and a reader with random lives; beside each segment a copy that gets the ranges of
 * each commit and nothing else, from which everything must read as from the segment itself.
 *
 * <p>One word is excepted: a send that is refused may have raised intactFrom. Until something is sent, a copy has lost nothing
 * of what lies below.
 */
class RingChangedRangesTest {
    private static final int ARENA = (int) SegmentGeometry.of(RingRig.LENGTH).arenaOffset();
    private static final int CAPACITY = 512;
    private static final String CHANNEL = "orders";
    private static final String BROADCAST = "ticks";

    private final RingRig rig = new RingRig();

    /** A segment whose owner's commits are watched. */
    private static final class Watched {
        final RecordingMemory memory;
        final State state;
        final byte[] copy;
        byte[] before;
        int changedBytes;

        Watched(RecordingMemory memory, State state) {
            this.memory = memory;
            this.state = state;
            copy = memory.copy();
            before = memory.copy();
        }

        void rollback() {
            state.rollback();
            before = memory.copy();
        }

        void commit(String where) {
            BitSet told = new BitSet();
            state.forEachChange((offset, length) -> {
                assertTrue(offset >= ARENA && length > 0 && offset + length <= RingRig.LENGTH, where);
                told.set((int) offset, (int) (offset + length));
                System.arraycopy(memory.bytes(), (int) offset, copy, (int) offset, (int) length);
            });
            state.commit();
            BitSet excepted = intactFrom();
            byte[] after = memory.bytes();
            for (int at = ARENA; at < after.length; at++) {
                if (after[at] != before[at]) {
                    changedBytes++;
                    assertTrue(told.get(at) || excepted.get(at), where + ": byte " + at + " changed and was not told");
                }
            }
            NativeWords.put(copy, HeaderLayout.COMMIT_SEQUENCE_OFFSET, state.commitSequence());
            before = memory.copy();
        }

        private BitSet intactFrom() {
            BitSet words = new BitSet();
            for (StructureInfo info :
                    TestSegments.snapshot(TestSegments.read(memory)).structures()) {
                if (info.type() == StructureType.CHANNEL) {
                    int at = (int) info.offsetBytes() + RingLayout.INTACT_FROM_OFFSET;
                    words.set(at, at + Long.BYTES);
                }
            }
            return words;
        }
    }

    /** Reads all that comes through the rings of a segment, or of a copy of it. */
    private static final class Observer {
        private final ReadOnlySegment segment;
        private final State own = TestSegments.state(RingRig.LENGTH);

        Observer(RecordingMemory memory) {
            segment = TestSegments.read(memory);
        }

        String look() {
            StringBuilder found = new StringBuilder();
            StateView view = TestSegments.snapshot(segment);
            for (String ring : new String[] {CHANNEL, BROADCAST}) {
                if (view.structure(ring).isPresent()) {
                    found.append(view.ring(ring));
                    RingPoll poll = segment.ring(own.cursor(ring, "unit", ring))
                            .poll(
                                    (buffer, offset, length, number) -> found.append(number)
                                            .append(Arrays.toString(
                                                    Arrays.copyOfRange(buffer, offset, offset + length))),
                                    Integer.MAX_VALUE);
                    assertFalse(poll instanceof RingPoll.Overrun, poll.toString());
                }
            }
            return found.toString();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldTellEveryByteOfRingsAndCursorsThatACommitChanges(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        rig.writer.receivers(RingRig.receiversOf(rig.readerMemory));
        Watched writer = new Watched(rig.writerMemory, rig.writer);
        Watched reader = new Watched(rig.readerMemory, rig.reader);
        Observer original = new Observer(rig.writerMemory);
        Observer copy = new Observer(new RecordingMemory(writer.copy));
        for (int turn = 0; turn < 400; turn++) {
            String where = "seed " + seed + ", turn " + turn;
            for (int sends = random.nextInt(5); sends > 0; sends--) {
                send(random);
            }
            if (random.nextInt(6) == 0) {
                writer.rollback();
            } else {
                writer.commit(where);
            }
            assertEquals(original.look(), copy.look(), where);
            if (random.nextInt(3) == 0) {
                read(random);
                if (random.nextInt(4) == 0) {
                    reader.rollback();
                } else {
                    reader.commit(where);
                    assertEquals(cursors(rig.readerMemory.copy()), cursors(reader.copy.clone()), where);
                }
            }
        }
        assertTrue(writer.changedBytes > 10 * CAPACITY && reader.changedBytes > 0, "nothing happened");
    }

    private void send(SplittableRandom random) {
        byte[] message = StructurePlayer.bytes(random, random.nextInt(100));
        if (random.nextBoolean()) {
            rig.writer.channel(CHANNEL, CAPACITY, "audit").tryOffer(message);
        } else {
            rig.writer.broadcast(BROADCAST, CAPACITY).offer(message);
        }
    }

    private void read(SplittableRandom random) {
        int limit = 1 + random.nextInt(8);
        for (String ring : new String[] {CHANNEL, BROADCAST}) {
            rig.readWriter()
                    .ring(rig.reader.cursor(ring + "-read", "unit", ring))
                    .poll((buffer, offset, length, number) -> {}, limit);
        }
    }

    private static String cursors(byte[] segment) {
        State state = RingRig.takeOver(new RecordingMemory(segment));
        return state.cursor(CHANNEL + "-read", "unit", CHANNEL).messages() + ", "
                + state.cursor(BROADCAST + "-read", "unit", BROADCAST).messages();
    }
}
