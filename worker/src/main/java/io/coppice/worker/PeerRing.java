package io.coppice.worker;

import io.coppice.state.MessageHandler;
import io.coppice.state.RingPoll;
import io.coppice.state.RingReader;

/** A reader of a channel or broadcast of a peer's; see {@link PeerAccess.Available#ring}. Loop thread only. */
public interface PeerRing {
    /**
     * Handles the messages that are there, as {@link RingReader#poll} says, and moves the cursor past them. A writer that is
     * dead has nothing new. A poll that found nothing looks, at most once a second, whether the peer's segment is another
     * file by now; that one is then read, and as its history is another one, the answer is {@link
     * RingPoll.TimelineChanged}. While there is no file that can be read, the answer is {@link RingPoll.Unavailable}.
     *
     * @param handler must neither commit nor roll back
     * @param limit most messages, 1 or more
     */
    RingPoll poll(MessageHandler handler, int limit);

    /** Accepts the writer's history that {@link RingPoll.TimelineChanged} told, as {@link RingReader#resync} says. */
    void resync();
}
