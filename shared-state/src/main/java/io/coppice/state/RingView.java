package io.coppice.state;

import java.util.List;

/**
 * What a ring was at a commit. Its messages are for readers with a cursor and are not copied.
 *
 * @param capacityBytes of the ring
 * @param timeline the writer's when it last sent; 0 if it never did
 * @param positionBytes bytes sent in all, headers and padding included
 * @param messages sent in all
 * @param waitingBytes of a channel: sent and, when the writer last looked, not read by every receiver; 0 for a broadcast
 * @param waitingMessages of a channel, as above
 * @param receivers of a channel, in the order of declaration; empty for a broadcast
 */
public record RingView(
        int capacityBytes,
        long timeline,
        long positionBytes,
        long messages,
        long waitingBytes,
        long waitingMessages,
        List<String> receivers) {
    /** Copies the list. */
    public RingView {
        receivers = List.copyOf(receivers);
    }
}
