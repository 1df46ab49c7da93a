package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Goal: a reader gets what was committed, whole, in order, once, and nothing else. Method: a recorded life of a writer is
 * rebuilt as of every prefix of its stores, before and after recovery, and in any order that the fences allow; and is
 * replayed under a reader, some stores between any two words that it reads.
 */
class RingCrashPointsTest {
    private static final int STEPS = 120;

    @ParameterizedTest
    @CsvSource({"1, true", "2, true", "3, true", "4, false", "5, false", "6, false"})
    void shouldShowWhatWasCommittedFromEveryPrefixOfTheStores(long seed, boolean channel) {
        RecordedRing run = RecordedRing.of(seed, channel, STEPS);
        byte[] disk = run.start.clone();
        for (int step = 0; step < run.recorded(); step++) {
            run.memory().replay(step, disk);
            String where = "seed " + seed + ", prefix " + (step + 1);
            run.assertReads(disk, step, where);
            byte[] recovered = disk.clone();
            RingRig.takeOver(new RecordingMemory(recovered));
            run.assertReads(recovered, step, where + ", recovered");
        }
    }

    @ParameterizedTest
    @CsvSource({"11, true", "12, true", "13, false", "14, false"})
    void shouldShowWhatWasCommittedForAnyOrderOfStoresThatTheFencesAllow(long seed, boolean channel) {
        RecordedRing run = RecordedRing.of(seed, channel, STEPS);
        SplittableRandom random = new SplittableRandom(seed);
        RecordingMemory memory = run.memory();
        byte[] disk = run.start.clone();
        int start = 0;
        while (start < memory.recorded()) {
            int end = start;
            while (end < memory.recorded() && memory.kind(end) != RecordingMemory.FENCE) {
                end++;
            }
            for (int sample = 0; sample < 2 * (end - start); sample++) {
                byte[] reordered = disk.clone();
                CrashPointsTest.replaySomeInAnyAllowedOrder(memory, start, end, reordered, random);
                String where = "seed " + seed + ", group " + start + ", sample " + sample;
                run.assertReads(reordered, end, where);
                RingRig.takeOver(new RecordingMemory(reordered));
                run.assertReads(reordered, end, where + ", recovered");
            }
            for (int step = start; step < end; step++) {
                memory.replay(step, disk);
            }
            start = end + 1;
        }
    }

    @ParameterizedTest
    @CsvSource({"21, true", "22, true", "23, false", "24, false"})
    void shouldShowWhatWasCommittedBesideALivingWriter(long seed, boolean channel) {
        RecordedRing run = RecordedRing.of(seed, channel, STEPS);
        SplittableRandom random = new SplittableRandom(seed);
        int received = 0;
        for (int round = 0; round < 150; round++) {
            String where = "seed " + seed + ", round " + round;
            byte[] disk = run.start.clone();
            int start = random.nextInt(run.recorded());
            for (int step = 0; step < start; step++) {
                run.memory().replay(step, disk);
            }
            State state = run.reader(start);
            RecordedRing.Reading reading =
                    run.new Reading(RecordedRing.cursor(state).messages());
            ReaderInterleavingTest.Replaying writer =
                    new ReaderInterleavingTest.Replaying(run.memory(), disk, start, random, 1 + random.nextInt(60));
            RingReader reader = TestSegments.read(writer).ring(RecordedRing.cursor(state));
            boolean last = false;
            while (!last) {
                last = writer.finished();
                RingPoll poll;
                do {
                    poll = reader.poll(reading, 1 + random.nextInt(10));
                    reading.lost(poll);
                    received += poll instanceof RingPoll.Messages ? 1 : 0;
                    assertTrue(reading.number <= run.committedMessages(disk), where);
                } while (poll instanceof RingPoll.Messages || poll instanceof RingPoll.Overrun);
                assertTrue(!(poll instanceof RingPoll.TimelineChanged), where);
                assertTrue(!(last && poll instanceof RingPoll.Unavailable), () -> where + ": " + reader);
            }
            assertEquals(run.committedMessages(disk), reading.number, where);
        }
        assertTrue(received > 300, "seed " + seed + ": " + received);
    }

    /** The cursor and what the messages led to, here their number, are one commit of the reader. */
    @Test
    void shouldCommitTheCursorTogetherWithTheStateThatItLedTo() {
        RecordLayout.Builder builder = RecordLayout.named("seen");
        LongField number = builder.int64("number");
        RecordLayout layout = builder.build();
        RingRig rig = new RingRig();
        Channel channel = rig.channel(512);
        byte[] before = rig.readerMemory.copy();
        rig.readerMemory.startRecording();
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 60; round++) {
            if (channel.tryOffer(new byte[random.nextInt(100)])) {
                rig.writer.commit();
            }
            RingReader reader = rig.open();
            Record seen = rig.reader.record("seen", layout);
            reader.poll((buffer, offset, length, found) -> seen.set(number, found), 1 + random.nextInt(3));
            if (random.nextInt(3) == 0) {
                rig.reader.rollback();
            } else {
                rig.reader.commit();
            }
        }
        int different = 0;
        for (int step = 0; step < rig.readerMemory.recorded(); step++) {
            rig.readerMemory.replay(step, before);
            State state = RingRig.takeOver(new RecordingMemory(before.clone()));
            long said = state.record("seen", layout).get(number);
            assertEquals(said, RecordedRing.cursor(state).messages(), "prefix " + step);
            different = Math.max(different, (int) said);
        }
        assertTrue(different > 20, "only " + different + " messages were read");
    }
}
