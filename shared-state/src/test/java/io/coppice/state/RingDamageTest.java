package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.testing.RecordingMemory;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: whatever a writer left in its ring, or a receiver in its cursor, the other side ends each call with an answer.
 * Method: seeded hostile words over the places, the headers and the messages; reads outside the segment throw in the memory.
 */
class RingDamageTest {
    private static final long[] HOSTILE = {
        -1,
        0,
        1,
        2,
        3,
        7,
        8,
        504,
        512,
        520,
        1L << 20,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        Integer.MAX_VALUE,
        1L << 62,
        (1L << 62) + 8,
        1L << 32,
        (1L << 32) + 8,
        (2L << 32) + 8,
        0x7ffffff8L
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void shouldAnswerTheReaderWhateverTheWriterLeft(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int messages = 0;
        int unavailable = 0;
        for (int round = 0; round < 1200; round++) {
            RecordedRing run = round % 100 == 0 ? RecordedRing.of(seed + round, random.nextBoolean(), 60) : last;
            last = run;
            byte[] disk = run.memory().copy();
            StructureInfo ring = ring(run);
            damage(disk, ring, random);
            State state = run.reader(run.recorded());
            RingReader reader = TestSegments.read(new RecordingMemory(disk)).ring(RecordedRing.cursor(state));
            try {
                for (int poll = 0; poll < 40; poll++) {
                    RingPoll answer = reader.poll((buffer, offset, length, number) -> touch(buffer, offset, length), 5);
                    messages += answer instanceof RingPoll.Messages ? 1 : 0;
                    unavailable += answer instanceof RingPoll.Unavailable ? 1 : 0;
                    reader.resync();
                }
                own(disk, random);
            } catch (RuntimeException e) {
                fail("seed " + seed + ", round " + round, e);
            }
        }
        assertTrue(messages > 50 && unavailable > 50, "seed " + seed + ": " + messages + ", " + unavailable);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void shouldNotLetAReceiversCursorDoMoreThanHoldBack(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int refused = 0;
        for (int round = 0; round < 800; round++) {
            RingRig rig = new RingRig();
            Channel channel = rig.channel(512);
            RingReader reader = rig.open();
            channel.offer(new byte[random.nextInt(100)]);
            rig.writer.commit();
            reader.poll((buffer, offset, length, number) -> {}, 1);
            rig.reader.commit();
            int cursor = (int) rig.reader.structures().get(0).offsetBytes();
            for (int hit = 0; hit < 6; hit++) {
                NativeWords.put(
                        rig.readerMemory.bytes(),
                        cursor + 8 * random.nextInt(PlaceLayout.LENGTH / 8),
                        HOSTILE[random.nextInt(HOSTILE.length)]);
            }
            for (int i = 0; i < 12; i++) {
                refused += channel.tryOffer(new byte[random.nextInt(121)]) ? 0 : 1;
            }
            rig.writer.commit();
            TestSegments.snapshot(rig.readWriter()).ring("orders");
        }
        assertTrue(refused > 0);
    }

    private RecordedRing last = RecordedRing.of(99, true, 60);

    private static StructureInfo ring(RecordedRing run) {
        return run.rig.writer.structures().stream()
                .filter(info -> info.name().equals("orders"))
                .findFirst()
                .orElseThrow();
    }

    private static void damage(byte[] disk, StructureInfo ring, SplittableRandom random) {
        int data = (int) ring.offsetBytes();
        for (int hits = 1 + random.nextInt(8); hits > 0; hits--) {
            int at = random.nextBoolean()
                    ? random.nextInt(RingLayout.RECEIVERS_OFFSET)
                    : random.nextInt((int) ring.lengthBytes());
            NativeWords.put(disk, data + (at & -8), HOSTILE[random.nextInt(HOSTILE.length)]);
        }
        if (random.nextInt(10) == 0) {
            NativeWords.put(disk, HeaderLayout.COMMIT_SEQUENCE_OFFSET, HOSTILE[random.nextInt(HOSTILE.length)]);
        }
    }

    private static void touch(byte[] buffer, int offset, int length) {
        if (length > 0) {
            buffer[offset] = buffer[offset + length - 1];
        }
    }

    /** Its owner refuses, or goes on within the ring. */
    private static void own(byte[] disk, SplittableRandom random) {
        try {
            State state = RingRig.takeOver(new RecordingMemory(disk));
            boolean channel = state.structures().stream().anyMatch(info -> info.type() == StructureType.CHANNEL);
            for (int i = 0; i < 8; i++) {
                byte[] message = new byte[random.nextInt(100)];
                if (channel) {
                    state.channel("orders", RecordedRing.CAPACITY, "audit").tryOffer(message);
                } else {
                    state.broadcast("orders", RecordedRing.CAPACITY).offer(message);
                }
                state.commit();
            }
        } catch (SegmentDamagedException e) {
            // That is the answer.
        }
    }
}
