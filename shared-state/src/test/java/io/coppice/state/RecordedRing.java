package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.CrashError;
import io.coppice.state.testing.RecordingMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A seeded life of a ring: its writer sends, commits, rolls back, dies and is succeeded; a reader reads and commits now and
 * then. All stores of the writer are recorded, and what each of its commits had sent.
 */
final class RecordedRing {
    static final int CAPACITY = 512;

    final RingRig rig = new RingRig();
    final byte[] start = rig.writerMemory.copy();
    private final boolean channel;
    private final SplittableRandom random;
    /** Committed messages in order, and how many they were at each commit. */
    private final List<byte[]> messages = new ArrayList<>();

    private final List<Integer> sentAt = new ArrayList<>(List.of(0));
    private final List<byte[]> sending = new ArrayList<>();
    /** The reader's segment as of its commits, and from which store of the writer on. */
    private final List<byte[]> readers = new ArrayList<>();

    private final List<Integer> readerFrom = new ArrayList<>();
    private int refused;

    private RecordedRing(long seed, boolean channel) {
        this.channel = channel;
        this.random = new SplittableRandom(seed);
    }

    static RecordedRing of(long seed, boolean channel, int steps) {
        RecordedRing run = new RecordedRing(seed, channel);
        run.play(steps);
        return run;
    }

    int recorded() {
        return rig.writerMemory.recorded();
    }

    RecordingMemory memory() {
        return rig.writerMemory;
    }

    int committedMessages(byte[] disk) {
        return sentAt.get((int) NativeWords.get(disk, HeaderLayout.COMMIT_SEQUENCE_OFFSET));
    }

    /** A reader as its last commit before that store of the writer left it. */
    State reader(int step) {
        int index = 0;
        while (index + 1 < readerFrom.size() && readerFrom.get(index + 1) <= step) {
            index++;
        }
        return RingRig.takeOver(new RecordingMemory(readers.get(index).clone()));
    }

    static Cursor cursor(State reader) {
        return reader.cursor("place", "unit", "orders");
    }

    /** A reader must get exactly what was committed and not yet read, or be told what it lost. */
    void assertReads(byte[] disk, int step, String where) {
        State state = reader(step);
        long committed = committedMessages(disk);
        Reading reading = new Reading(cursor(state).messages());
        RingReader reader = TestSegments.read(new RecordingMemory(disk)).ring(cursor(state));
        RingPoll poll = reader.poll(reading, 1 + random.nextInt(4));
        for (int polls = 0; poll instanceof RingPoll.Messages || poll instanceof RingPoll.Overrun; polls++) {
            reading.lost(poll);
            assertTrue(polls < 200, where);
            poll = reader.poll(reading, 1 + random.nextInt(4));
        }
        if (poll instanceof RingPoll.Unavailable unavailable) {
            assertTrue(unavailable.reason().contains("no ring of that name is committed yet"), where + ": " + poll);
        } else {
            assertSame(RingPoll.Empty.EMPTY, poll, where);
        }
        assertEquals(committed, reading.number, where);
        assertTrue(!channel || reading.overruns == 0, where);
    }

    /** Checks what is read against what was committed. */
    final class Reading implements MessageHandler {
        long number;
        int overruns;

        Reading(long number) {
            this.number = number;
        }

        @Override
        public void onMessage(byte[] buffer, int offset, int length, long found) {
            assertEquals(++number, found);
            assertTrue(number <= messages.size(), "a message that was never committed");
            byte[] message = new byte[length];
            System.arraycopy(buffer, offset, message, 0, length);
            assertArrayEquals(messages.get((int) number - 1), message);
        }

        void lost(RingPoll poll) {
            if (poll instanceof RingPoll.Overrun overrun) {
                number += overrun.lostMessages();
                overruns++;
            }
        }
    }

    private void play(int steps) {
        rig.writer.receivers(RingRig.receiversOf(rig.readerMemory));
        cursor(rig.reader);
        rig.reader.commit();
        noteReader();
        memory().startRecording();
        for (int step = 0; step < steps; step++) {
            if (random.nextInt(10) == 0) {
                memory().crashAfter(random.nextInt(60));
            }
            try {
                playStep();
            } catch (CrashError e) {
                memory().surviveFromNow();
                noteCommit();
                sending.clear();
                rig.restartWriter();
            }
        }
        memory().surviveFromNow();
        assertTrue(!channel || refused > 0, "the channel was never full");
    }

    private void playStep() {
        for (int sends = random.nextInt(4); sends > 0; sends--) {
            byte[] message = StructurePlayer.bytes(random, random.nextInt(100));
            sending.add(message);
            if (!send(message)) {
                sending.remove(sending.size() - 1);
                refused++;
            }
        }
        int end = random.nextInt(10);
        if (end < 6) {
            rig.writer.commit();
            noteCommit();
        } else if (end < 8) {
            rig.writer.rollback();
            sending.clear();
        }
        if (random.nextInt(6) == 0) {
            read();
        }
    }

    private boolean send(byte[] message) {
        if (channel) {
            return rig.writer.channel("orders", CAPACITY, "audit").tryOffer(message);
        }
        rig.writer.broadcast("orders", CAPACITY).offer(message);
        return true;
    }

    private void noteCommit() {
        long committed = memory().getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
        if (committed == sentAt.size()) {
            messages.addAll(sending);
            sending.clear();
            sentAt.add(messages.size());
        }
        assertEquals(committed, sentAt.size() - 1);
    }

    private void read() {
        RingReader reader = rig.open();
        Reading reading = new Reading(cursor(rig.reader).messages());
        reading.lost(reader.poll(reading, 1 + random.nextInt(20)));
        if (random.nextInt(4) == 0) {
            rig.reader.rollback();
        } else {
            rig.reader.commit();
            noteReader();
        }
    }

    private void noteReader() {
        readers.add(rig.readerMemory.copy());
        readerFrom.add(memory().recorded());
    }
}
