package io.coppice.ops.bench.peers;

import io.coppice.state.Channel;
import io.coppice.state.MessageHandler;
import io.coppice.state.OwnedSegment;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RingPoll;
import io.coppice.state.RingReader;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * An end of two channels: owns a segment with the channel to the other end, and with the cursor that tells how far it has
 * read the other's. What was sent and what was read counts by the same commit.
 */
final class CoppiceEnd implements RingEnd {
    /** What an Aeron publication may be ahead of its reader: half of a term. */
    static final int RING_BYTES = 8 << 20;

    private static final String RING = "messages";
    private static final long SEGMENT_BYTES = 12L << 20;
    private static final long WATCHDOG_NS = TimeUnit.SECONDS.toNanos(60);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final OwnedSegment own;
    private final ReadOnlySegment other;
    private final State state;
    private final Channel channel;
    private final RingReader reader;
    private final MessageHandler messages;
    private Handler handler = number -> {};

    CoppiceEnd(Path directory, boolean first) throws Exception {
        String otherName = first ? "second" : "first";
        own = CoppiceStore.segment(directory, first ? "first" : "second", SEGMENT_BYTES);
        state = own.state();
        channel = state.channel(RING, RING_BYTES, otherName);
        other = await(directory.resolve(otherName + ".seg"));
        reader = other.ring(state.cursor("read", otherName, RING));
        state.receivers(name -> other);
        state.commit();
        messages = (buffer, offset, length, number) -> handler.message((long) LONGS.get(buffer, offset));
    }

    private static ReadOnlySegment await(Path file) throws Exception {
        long endNs = System.nanoTime() + WATCHDOG_NS;
        while (true) {
            try {
                return SegmentFile.openReadOnly(file);
            } catch (SegmentException e) {
                if (System.nanoTime() > endNs) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
    }

    @Override
    public boolean trySend(byte[] message) {
        return channel.tryOffer(message, 0, MESSAGE_BYTES);
    }

    @Override
    public int poll(Handler receiver, int limit) {
        handler = receiver;
        RingPoll polled = reader.poll(messages, limit);
        if (polled instanceof RingPoll.Messages read) {
            return read.count();
        }
        // Before its first commit the other end's ring is not there.
        if (polled != RingPoll.Empty.EMPTY && !(polled instanceof RingPoll.Unavailable)) {
            throw new IllegalStateException("a message was lost: " + polled);
        }
        return 0;
    }

    @Override
    public void flush() {
        if (state.dirty()) {
            state.commit();
        }
    }

    @Override
    public void close() {
        other.close();
        try {
            own.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
