package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: beside a writer at full speed, killed again and again, a reader gets every committed message once, whole and in
 * order. Method: a child JVM sends numbered messages through a channel and a broadcast; this one reads both, with mapped
 * files, while the child runs, after its death and beside its successor.
 */
class RingKillTest {
    private static final int KILLS = 12;
    private static final long SEED = 20_261_126;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private long channelNumber;
    private long broadcastNumber;
    private long lost;

    @Test
    @Timeout(value = 180, unit = TimeUnit.SECONDS)
    void shouldReadEachCommittedMessageOnceBesideAWriterThatIsKilled()
            throws IOException, InterruptedException, SegmentException {
        SplittableRandom random = new SplittableRandom(SEED);
        Path writer = TestSegments.create(
                directory.resolve("writer.seg"), new SegmentSpec("test", "writer", SegmentSpec.KIND_DAEMON, 1 << 20));
        Path own = TestSegments.create(
                directory.resolve("reader.seg"), new SegmentSpec("test", "reader", SegmentSpec.KIND_DAEMON, 1 << 20));
        try (OwnedSegment owner = SegmentFile.openOwned(own, directory.resolve("reader.lock"), 1, 1);
                ReadOnlySegment segment = SegmentFile.openReadOnly(writer)) {
            owner.recover();
            State state = owner.state();
            RingReader channel = segment.ring(state.cursor("channel", "writer", "channel"));
            RingReader broadcast = segment.ring(state.cursor("broadcast", "writer", "broadcast"));
            state.commit();
            for (int kill = 0; kill < KILLS; kill++) {
                String where = "seed " + SEED + ", kill " + kill;
                Process child = ChildJvm.start(
                        directory.resolve("output"),
                        RingKillChild.class,
                        writer.toString(),
                        directory.resolve("writer.lock").toString(),
                        own.toString(),
                        Integer.toString(kill + 1));
                try {
                    long before = channelNumber;
                    long target = before + 1 + random.nextInt(20_000);
                    while (channelNumber < target) {
                        if (!poll(state, channel, broadcast) && channelNumber == before) {
                            LockSupport.parkNanos(1_000_000); // The child is starting.
                        }
                        assertTrue(
                                child.isAlive() || channelNumber >= target,
                                () -> where + ": the child ended by itself, see " + output());
                    }
                } finally {
                    child.destroyForcibly();
                    child.waitFor();
                }
                while (poll(state, channel, broadcast)) {
                    Thread.onSpinWait();
                }
                StateView view = TestSegments.snapshot(segment);
                assertEquals(view.ring("channel").messages(), channelNumber, where);
                assertEquals(view.ring("broadcast").messages(), broadcastNumber, where);
            }
            assertTrue(broadcastNumber > lost, "the broadcast was never read in time");
        }
    }

    /** Whether there was anything. */
    private boolean poll(State state, RingReader channel, RingReader broadcast) {
        RingPoll fromChannel = channel.poll(
                (buffer, offset, length, number) -> {
                    assertEquals(++channelNumber, number);
                    check(buffer, offset, length, number);
                },
                100);
        RingPoll fromBroadcast = broadcast.poll(
                (buffer, offset, length, number) -> {
                    assertEquals(++broadcastNumber, number);
                    check(buffer, offset, length, number);
                },
                100);
        if (fromBroadcast instanceof RingPoll.Overrun overrun) {
            broadcastNumber += overrun.lostMessages();
            lost += overrun.lostMessages();
        }
        if (fromChannel instanceof RingPoll.Overrun || fromChannel instanceof RingPoll.TimelineChanged) {
            fail("the channel answered " + fromChannel);
        }
        if (state.dirty()) {
            state.commit();
            return true;
        }
        return false;
    }

    private static void check(byte[] buffer, int offset, int length, long number) {
        assertEquals(RingKillChild.length(number), length, "length of message " + number);
        for (int at = 0; at < length; at += Long.BYTES) {
            if (NativeWords.get(buffer, offset + at) != number) {
                fail("message " + number + " is torn at " + at + ": " + NativeWords.get(buffer, offset + at));
            }
        }
    }

    private String output() {
        try {
            return Files.readString(directory.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
