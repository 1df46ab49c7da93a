package io.coppice.ops.bench.peers;

import java.io.Closeable;

/**
 * One process' end of a pair of rings to another process: what it sends, the other one polls, in order. One thread.
 *
 * <p>A product whose messages count from a commit on commits in {@link #flush}, which also tells how far it has read; one whose
 * messages count at once does nothing there. So a row of figures says how many messages were sent between two flushes.
 */
interface RingEnd extends Closeable {
    int MESSAGE_BYTES = 64;

    /** Receives a message. */
    @FunctionalInterface
    interface Handler {
        /** @param number the first eight bytes of the message */
        void message(long number);
    }

    /**
     * Sends a copy of {@value #MESSAGE_BYTES} bytes, at the latest by the next {@link #flush}.
     *
     * @return false if there is no room; the caller flushes, waits, and tries again
     */
    boolean trySend(byte[] message);

    /** Handles messages that are there, at most {@code limit}; returns how many. Does not wait. */
    int poll(Handler handler, int limit);

    /** What was sent and what was read counts. */
    void flush();

    @Override
    void close();
}
