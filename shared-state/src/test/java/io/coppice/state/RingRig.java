package io.coppice.state;

import io.coppice.state.testing.RecordingMemory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A writer and a reader, each with a segment in memory. */
final class RingRig {
    static final int LENGTH = (int) SegmentSpec.MIN_LENGTH_BYTES;

    final RecordingMemory writerMemory;
    final RecordingMemory readerMemory = TestSegments.formatted(LENGTH);
    State writer;
    State reader = takeOver(readerMemory);

    RingRig() {
        this(TestSegments.CREATED_EPOCH_MS);
    }

    /** @param createdEpochMs of the writer's segment */
    RingRig(long createdEpochMs) {
        writerMemory = new RecordingMemory(LENGTH);
        SegmentFile.format(writerMemory, TestSegments.spec(LENGTH), createdEpochMs);
        writer = takeOver(writerMemory);
    }

    /** As a successor of whoever had it; what was not committed is gone. */
    static State takeOver(Memory memory) {
        OwnedSegment owner = TestSegments.own(memory, 1);
        owner.recover();
        return owner.state();
    }

    void restartWriter() {
        writer = takeOver(writerMemory);
        writer.receivers(receiversOf(readerMemory));
    }

    void restartReader() {
        reader = takeOver(readerMemory);
    }

    /** Everybody's cursor is in that memory. */
    static Receivers receiversOf(Memory memory) {
        ReadOnlySegment segment = TestSegments.read(memory);
        return name -> segment;
    }

    /** A channel with one receiver, committed. */
    Channel channel(int capacity) {
        writer.receivers(receiversOf(readerMemory));
        Channel channel = writer.channel("orders", capacity, "audit");
        writer.commit();
        return channel;
    }

    Broadcast broadcast(int capacity) {
        Broadcast broadcast = writer.broadcast("orders", capacity);
        writer.commit();
        return broadcast;
    }

    ReadOnlySegment readWriter() {
        return TestSegments.read(writerMemory);
    }

    RingReader open() {
        return readWriter().ring(reader.cursor("place", "unit", "orders"));
    }

    /** Starts another history of the writer's segment, from what it is now. */
    void startTimeline(long timeline) {
        Timelines.write(writerMemory, timeline, writerMemory.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What one poll finds, as {@code number:text}. */
    static List<String> poll(RingReader reader) {
        List<String> found = new ArrayList<>();
        reader.poll(
                (buffer, offset, length, number) ->
                        found.add(number + ":" + new String(buffer, offset, length, StandardCharsets.UTF_8)),
                Integer.MAX_VALUE);
        return found;
    }

    /** What polls find until there is nothing more. */
    static List<String> drain(RingReader reader) {
        List<String> all = new ArrayList<>();
        List<String> some = poll(reader);
        while (!some.isEmpty()) {
            all.addAll(some);
            some = poll(reader);
        }
        return all;
    }
}
