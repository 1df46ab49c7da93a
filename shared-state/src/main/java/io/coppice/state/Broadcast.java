package io.coppice.state;

/**
 * A ring of messages for whoever cares to read it, in the owner's segment. It never blocks or refuses: who reads too slowly
 * loses messages and is told how many ({@link RingPoll.Overrun}). Owner's thread only; allocates nothing.
 *
 * <p>What is sent counts from the next {@link State#commit()} on, and not at all if that never comes. At least 15/16 of the
 * ring, minus the longest message, are there for readers that lag.
 */
public final class Broadcast extends Ring {
    private final int step;

    Broadcast(CommitEngine engine, StructureInfo info, boolean uncommitted) {
        super(engine, info, uncommitted);
        this.step = capacity / 16;
    }

    /**
     * Sends a copy of those bytes.
     *
     * @throws CapacityExceededException if it is longer than {@link #maxMessageBytes}; nothing was changed
     */
    public void offer(byte[] message) {
        send(message, 0, message.length);
    }

    /**
     * Sends a copy of those bytes.
     *
     * @throws CapacityExceededException if they are more than {@link #maxMessageBytes}; nothing was changed
     */
    public void offer(byte[] source, int from, int length) {
        send(source, from, length);
    }

    /** In steps, so that readers do not share a line of memory with each message. */
    @Override
    boolean makeRoom(long newEnd) {
        if (newEnd - capacity > intactFrom()) {
            raiseIntactFrom(newEnd - capacity + step);
        }
        return true;
    }
}
