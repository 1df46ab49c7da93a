package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.testing.RecordingMemory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A reader polls a ring while its writer replaces all it has by a checkpoint, where other messages lie at the same place. */
class RingStepBackTest {
    private static final int CAPACITY = 512;

    /** With its header one eighth of the ring, so that messages of each round lie where those of the last one did. */
    private static final int MESSAGE_BYTES = CAPACITY / 8 - RingLayout.MESSAGE_OFFSET;

    private static final int SEEDS = 20_000;

    private final RecordingMemory writer = TestSegments.formatted((int) SegmentSpec.MIN_LENGTH_BYTES, 1);
    private final OwnedSegment owner = TestSegments.own(writer, 1, new HeapAside(writer));
    private final RecordingMemory reader = TestSegments.formatted((int) SegmentSpec.MIN_LENGTH_BYTES);

    private static String text(long number) {
        return String.format("%0" + MESSAGE_BYTES + "d", number);
    }

    private void send(int from, int to) {
        Broadcast ring = owner.state().broadcast("orders", CAPACITY);
        for (int number = from; number <= to; number++) {
            ring.offer(RingRig.bytes(text(number)));
            owner.state().commit();
        }
    }

    @Test
    void shouldSayThatTheWriterMayBeReplacingItsContentsAndNotOnlyThatItIsFast() throws Exception {
        owner.recover();
        send(1, 8);
        State state = RingRig.takeOver(reader);
        RingReader first = TestSegments.read(writer).ring(state.cursor("place", "unit", "orders"));
        List<RingPoll> during = new ArrayList<>();
        owner.migrate((old, target) -> during.add(first.poll((buffer, offset, length, number) -> {}, 1)));
        assertEquals(
                List.of(new RingPoll.Unavailable(
                        "Ring orders of unit: the writer commits faster than its directory can be read, or replaces its"
                                + " contents.")),
                during);
    }

    @Test
    void shouldNeverHandOverWhatAStepBackPutInAMessagesPlace() throws Exception {
        owner.recover();
        send(1, 8);
        owner.checkpoint();
        State state = RingRig.takeOver(reader);
        RingReader first = TestSegments.read(writer).ring(state.cursor("place", "unit", "orders"));
        assertEquals(8, RingRig.drain(first).size());
        state.commit();
        byte[] idle = writer.copy();
        send(9, 12);
        byte[] sent = writer.copy();
        writer.startRecording();
        owner.restore(owner.checkpoints().get(0));
        int handed = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            handed += handedOver(idle, sent, new SplittableRandom(seed), "seed " + seed);
        }
        assertTrue(handed > SEEDS / 10, "hardly ever a message before the step back: " + handed);
        assertTrue(handed < SEEDS * 4, "never a poll after the step back began: " + handed);
    }

    /** How many messages two polls find, between which and in which the step back is made. */
    private int handedOver(byte[] idle, byte[] sent, SplittableRandom random, String where) {
        State state = RingRig.takeOver(new RecordingMemory(reader.copy()));
        SteppingBack memory = new SteppingBack(idle.clone(), random);
        RingReader ring = TestSegments.read(memory).ring(state.cursor("place", "unit", "orders"));
        assertSame(RingPoll.Empty.EMPTY, ring.poll((buffer, offset, length, number) -> fail(where), 10), where);
        memory.begin(sent.clone());
        List<String> found = new ArrayList<>();
        MessageHandler handler = (buffer, offset, length, number) -> {
            assertEquals(text(number), new String(buffer, offset, length, StandardCharsets.UTF_8), where);
            found.add(text(number));
        };
        for (int limit : new int[] {1, 10}) {
            RingPoll poll = ring.poll(handler, limit);
            boolean blamed =
                    poll instanceof RingPoll.Unavailable told && told.reason().contains("before the cursor");
            assertFalse(blamed, where + ": " + poll);
        }
        return found.size();
    }

    /** Lets the writer step back, from some word on that is read, at some pace. */
    private final class SteppingBack extends ReaderInterleavingTest.Reading {
        private final SplittableRandom random;
        private final int readsPerStore;
        private final int atOnce;
        private byte[] disk = new byte[0];
        private int wait;
        private int next;

        SteppingBack(byte[] idle, SplittableRandom random) {
            super(idle);
            this.random = random;
            this.readsPerStore = 1 + random.nextInt(8);
            this.atOnce = 1 + random.nextInt(20);
            this.wait = random.nextInt(200);
        }

        void begin(byte[] sent) {
            disk = sent;
            next = Math.max(0, random.nextInt(2 * writer.recorded()) - writer.recorded());
            for (int store = 0; store < next; store++) {
                writer.replay(store, disk);
            }
            if (random.nextInt(3) == 0) {
                wait = Integer.MAX_VALUE;
            }
            show(disk);
        }

        @Override
        void goOn() {
            if (disk.length > 0 && wait-- <= 0 && random.nextInt(readsPerStore) == 0) {
                for (int stores = random.nextInt(atOnce); stores >= 0 && next < writer.recorded(); stores--) {
                    writer.replay(next++, disk);
                }
            }
        }
    }
}
