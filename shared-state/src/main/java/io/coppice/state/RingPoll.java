package io.coppice.state;

/** Answer to {@link RingReader#poll}. */
public sealed interface RingPoll {
    /** Some messages were handled. The same object each time: valid until the next poll. */
    final class Messages implements RingPoll {
        int count;

        Messages() {}

        /** How many, 1 or more. */
        public int count() {
            return count;
        }

        @Override
        public String toString() {
            return "Messages[" + count + "]";
        }
    }

    /** There is nothing new. */
    enum Empty implements RingPoll {
        /** The only one. */
        EMPTY
    }

    /**
     * The writer has overwritten what would come next. The cursor was moved behind what is lost, to the newest message that
     * was committed; the next poll goes on there. A receiver of a channel sees this only if its own
     * state stepped back, or with a cursor that it made after messages had been overwritten.
     *
     * @param lostMessages 0 or more
     * @param lostBytes of the ring, headers and padding included
     */
    record Overrun(long lostMessages, long lostBytes) implements RingPoll {}

    /**
     * The writer's state stepped back beyond what it had committed (a checkpoint, an emptied or new segment), so the cursor
     * is of a history that is no longer the writer's. Nothing is handled until {@link RingReader#resync}. A migration too is such
     * a step: it starts without messages, and what a receiver had not read by then is lost with the old contents, unless
     * {@code migrate} sent it anew.
     *
     * @param fromTimeline the cursor's
     * @param toTimeline the writer's
     * @param exact whether the cursor's timeline is the one that the writer's began from, so that the following is known to
     *     be right; if not (there were timelines in between, or the segment is another one), the two histories may differ
     *     before {@code commonMessages} already
     * @param readMessages how many the cursor has read
     * @param commonMessages how many messages the two histories have in common at most: where the writer's timeline begins
     * @param sentMessages how many the writer's history has now
     */
    record TimelineChanged(
            long fromTimeline,
            long toTimeline,
            boolean exact,
            long readMessages,
            long commonMessages,
            long sentMessages)
            implements RingPoll {
        /** Messages that were read and are not in the writer's history: what they led to may be wrong now. */
        public long revokedMessages() {
            return Math.max(0, readMessages - commonMessages);
        }

        /**
         * Messages of the writer's history that were not read and never will be: {@link RingReader#resync} goes on behind them.
         * 0 if {@link #exact}, as it then goes back to where the histories part, and nothing is passed over. If not, that place
         * is not known, so that it goes on where the writer's timeline begins, {@code commonMessages}: each message up to there
         * whose number was never read is counted here; those with the numbers that were read may have been others.
         */
        public long skippedMessages() {
            return exact ? 0 : Math.max(0, commonMessages - readMessages);
        }

        /** All that is told, what follows from it included. */
        @Override
        public String toString() {
            return "TimelineChanged[fromTimeline=" + fromTimeline + ", toTimeline=" + toTimeline + ", exact=" + exact
                    + ", readMessages=" + readMessages + ", commonMessages=" + commonMessages + ", sentMessages="
                    + sentMessages + ", revokedMessages=" + revokedMessages() + ", skippedMessages="
                    + skippedMessages() + "]";
        }
    }

    /**
     * There is no such ring yet, or what is there cannot be read.
     *
     * @param reason what was found
     */
    record Unavailable(String reason) implements RingPoll {}
}
