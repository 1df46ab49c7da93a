package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Goal: where the writer's segment keeps a checksum, a reader is never handed what was not sent, whatever word of the ring is
 * damaged. Method: a ring that has gone round, and a reader somewhere in it; seeded damage of one word at a time.
 */
class RingChecksumTest {
    private static final int LENGTH = 64 << 10;
    private static final int CAPACITY = 1024;

    private final SplittableRandom random = new SplittableRandom(Proof.number("seed", 95));
    private final RecordingMemory writer = TestSegments.formatted(LENGTH);
    private final RecordingMemory readersOwn = TestSegments.formatted(LENGTH);
    private final List<byte[]> sent = new ArrayList<>();

    private void send(Broadcast ring, int count) {
        for (int i = 0; i < count; i++) {
            byte[] message = new byte[random.nextInt(41)];
            random.nextBytes(message);
            ring.offer(message);
            sent.add(message);
        }
    }

    private static RingReader reader(RecordingMemory own, RecordingMemory of) {
        OwnedSegment segment = TestSegments.own(own, 1);
        segment.recover();
        Cursor cursor = segment.state().cursor("read", "unit", "ticks");
        segment.state().commit();
        return TestSegments.read(of).ring(cursor);
    }

    /** Whether all that was sent was handed over; fails if anything else was. */
    private RingPoll readOn(RingReader reader, long[] last) {
        RingPoll answer;
        do {
            answer = reader.poll(
                    (bytes, offset, length, number) -> {
                        assertArrayEquals(
                                sent.get((int) number - 1), Arrays.copyOfRange(bytes, offset, offset + length));
                        last[0] = number;
                    },
                    5);
        } while (answer instanceof RingPoll.Messages);
        return answer;
    }

    @Test
    void shouldHandOverMessagesWithAndWithoutChecksumInOrder() {
        long[] last = new long[1];
        for (int life = 0; life < 8; life++) {
            OwnedSegment owner = TestSegments.own(writer, life + 1L);
            owner.recover(life % 2 == 0 ? Checksum.ARENA : Checksum.NONE);
            Broadcast ring = owner.state().broadcast("ticks", CAPACITY);
            for (int i = 0; i < 20; i++) {
                send(ring, 1 + random.nextInt(6));
                owner.state().commit();
                assertEquals(RingPoll.Empty.EMPTY, readOn(reader(readersOwn, writer), last));
                assertEquals(sent.size(), last[0]);
                TestSegments.own(readersOwn, 1).recover();
                commitPlace(last);
            }
        }
    }

    /** The reader of each look begins at its last commit, so it has to make one. */
    private void commitPlace(long[] last) {
        OwnedSegment segment = TestSegments.own(readersOwn, 1);
        segment.recover();
        Cursor cursor = segment.state().cursor("read", "unit", "ticks");
        readOn(TestSegments.read(writer).ring(cursor), last);
        segment.state().commit();
    }

    @Test
    void shouldNeverHandOverDamagedMessages() {
        OwnedSegment owner = TestSegments.own(writer, 1);
        owner.recover(Checksum.ARENA);
        Broadcast ring = owner.state().broadcast("ticks", CAPACITY);
        long[] last = new long[1];
        for (int i = 0; i < 60; i++) {
            send(ring, 2);
            owner.state().commit();
            if (i < 50) {
                commitPlace(last);
            }
        }
        byte[] sound = writer.copy();
        byte[] place = readersOwn.copy();
        StructureInfo info = owner.state().structures().get(0);
        long rounds = Proof.number("damages", 20_000);
        long told = 0;
        long atTakeOver = 0;
        long harmless = 0;
        for (long round = 0; round < rounds; round++) {
            int from = random.nextInt(8) == 0 ? 0 : RingLayout.ringOffset(0);
            int at = (int) info.offsetBytes() + from + random.nextInt((int) info.lengthBytes() - from);
            byte[] disk = sound.clone();
            Damage.hit(disk, at, random);
            last[0] = 0;
            RingPoll answer = readOn(reader(new RecordingMemory(place.clone()), new RecordingMemory(disk)), last);
            if (last[0] == sent.size()) {
                harmless++;
            } else if (!(answer instanceof RingPoll.Empty)) {
                told++;
            } else {
                String where = "round " + round + ", at " + (at - info.offsetBytes()) + ": nothing after " + last[0];
                assertInstanceOf(SegmentDamagedException.class, takeOver(disk), where);
                atTakeOver++;
            }
        }
        Proof.report("damaged words of a ring with checksums=" + rounds + " handed over=0 told=" + told
                + " noticed at take-over=" + atTakeOver + " harmless=" + harmless);
        assertTrue(told > rounds / 20 && harmless > rounds / 20, told + " told, " + harmless + " harmless");
    }

    private static Object takeOver(byte[] disk) {
        try {
            return TestSegments.own(new RecordingMemory(disk), 2).recover();
        } catch (SegmentDamagedException e) {
            return e;
        }
    }
}
