package io.coppice.state;

import java.util.List;

/**
 * A ring of messages for declared receivers, in the owner's segment: nothing is overwritten that one of them has not read
 * and committed as read. A full ring refuses, which is back-pressure. Owner's thread only; sending allocates nothing.
 *
 * <p>What is sent counts, for the receivers, from the next {@link State#commit()} on, and not at all if that never comes. A
 * receiver that never ran holds back all there is from the first message on.
 */
public final class Channel extends Ring {
    private final ReceiverCursor[] cursors;
    private final State state;

    Channel(
            State state,
            CommitEngine engine,
            StructureInfo info,
            boolean uncommitted,
            String writer,
            List<String> names) {
        super(engine, info, uncommitted);
        this.state = state;
        long key = RingLayout.key(writer, info.name());
        cursors = names.stream().map(name -> new ReceiverCursor(name, key)).toArray(ReceiverCursor[]::new);
    }

    /** As {@link #tryOffer(byte[], int, int)}, the whole array. */
    public boolean tryOffer(byte[] message) {
        return send(message, 0, message.length);
    }

    /**
     * Sends a copy of those bytes if there is room.
     *
     * @return false if the ring is full; nothing was changed. Trying again helps once the slowest receiver has committed
     * @throws CapacityExceededException if they are more than {@link #maxMessageBytes}; nothing was changed
     */
    public boolean tryOffer(byte[] source, int from, int length) {
        return send(source, from, length);
    }

    /** As {@link #offer(byte[], int, int)}, the whole array. */
    public void offer(byte[] message) {
        offer(message, 0, message.length);
    }

    /**
     * Sends a copy of those bytes.
     *
     * @throws CapacityExceededException if the ring is full, naming the receivers that it waits for, or if they are more
     *     than {@link #maxMessageBytes}; nothing was changed
     */
    public void offer(byte[] source, int from, int length) {
        if (!send(source, from, length)) {
            throw new CapacityExceededException(full(length));
        }
    }

    /** The ring has room up to one ring's length beyond what every receiver has read; they are asked only if that is little. */
    @Override
    boolean makeRoom(long newEnd) {
        return newEnd - capacity <= intactFrom() || (askReceivers() && newEnd - capacity <= intactFrom());
    }

    private boolean askReceivers() {
        long least = Long.MAX_VALUE;
        long leastNumber = 0;
        for (ReceiverCursor cursor : cursors) {
            cursor.refresh(state.receivers(), this, end.position());
            if (cursor.position() < least) {
                least = cursor.position();
                leastNumber = cursor.number();
            }
        }
        if (least <= intactFrom()) {
            return false;
        }
        raiseIntactFrom(least);
        end.consumed(least, leastNumber);
        return true;
    }

    private String full(int length) {
        StringBuilder text = new StringBuilder("Channel " + structure + " of segment " + engine.segment()
                + " is full: no room for " + length + " bytes in a ring of " + capacity + ". It waits for");
        long least = Long.MAX_VALUE;
        for (ReceiverCursor cursor : cursors) {
            least = Math.min(least, cursor.position());
        }
        String separator = " ";
        for (ReceiverCursor cursor : cursors) {
            if (cursor.position() == least) {
                text.append(separator).append(cursor.receiver());
                text.append(
                        cursor.seen()
                                ? " (" + (end.number() - cursor.number()) + " messages behind)"
                                : state.receivers().knows(cursor.receiver())
                                        ? " (which has not read yet)"
                                        : " (whose segment this daemon may not read, so it never hears of it: its key `reads`"
                                                + " has to name it)");
                separator = ", ";
            }
        }
        return text + ". Nothing was sent. Try again after it has read on (tryOffer), or declare a larger ring (the"
                + " manifest key `state` must have room for it).";
    }
}
