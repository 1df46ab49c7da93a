package io.coppice.state;

/**
 * Tells the root that the owner's loop makes progress. A count, not a time: the root times it with its own clock. Owner's
 * loop thread only; allocates nothing.
 */
public final class Heartbeat {
    static final long NOT_BUSY = -1;

    private final Memory memory;
    private long count;

    Heartbeat(Memory memory) {
        this.memory = memory;
        this.count = memory.getLong(HeaderLayout.HEARTBEAT_COUNT_OFFSET);
    }

    /** One turn of the loop. Ends what {@link #busy} announced. */
    public void beat() {
        count++;
        memory.putLongRelease(HeaderLayout.HEARTBEAT_COUNT_OFFSET, count);
    }

    /**
     * Announces that the next beat may take longer than the heartbeat timeout.
     *
     * @param atMostMs milliseconds from now, 0 or more, after which the root may take the owner for hung
     */
    public void busy(long atMostMs) {
        if (atMostMs < 0) {
            throw new IllegalArgumentException("busy(" + atMostMs + " ms): must be 0 or more.");
        }
        memory.putLong(HeaderLayout.BUSY_AT_MOST_MS_OFFSET, atMostMs);
        memory.putLongRelease(HeaderLayout.BUSY_AT_COUNT_OFFSET, count);
    }

    /** Turns so far, those of predecessors included. */
    public long count() {
        return count;
    }

    /** What a predecessor announced does not hold for its successor. */
    void forgetBusy() {
        memory.putLongRelease(HeaderLayout.BUSY_AT_COUNT_OFFSET, NOT_BUSY);
    }
}
