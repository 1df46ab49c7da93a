package io.coppice.worker.runtime;

import io.coppice.state.MessageHandler;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RingPoll;
import io.coppice.state.RingReader;
import io.coppice.state.State;
import io.coppice.worker.PeerAccess;
import io.coppice.worker.PeerRing;
import java.util.function.Supplier;

/** Reads a peer's ring from whatever file is the peer's segment. Loop thread only. */
final class SegmentPeerRing implements PeerRing {
    private final SegmentPeer peer;
    private final String ring;
    private final String cursor;
    private final Supplier<State> state;
    private ReadOnlySegment segment;
    private RingReader reader;

    SegmentPeerRing(SegmentPeer peer, ReadOnlySegment segment, String ring, String cursor, Supplier<State> state) {
        this.peer = peer;
        this.segment = segment;
        this.ring = ring;
        this.cursor = cursor;
        this.state = state;
        this.reader = open(segment);
    }

    @Override
    public RingPoll poll(MessageHandler handler, int limit) {
        RingPoll found = reader.poll(handler, limit);
        if (found instanceof RingPoll.Messages) {
            return found;
        }
        PeerAccess access = peer.access();
        if (access instanceof PeerAccess.Available) {
            ReadOnlySegment present = peer.segment();
            if (present == null || present == segment) {
                return found;
            }
            segment = present;
            reader = open(present);
            return reader.poll(handler, limit);
        }
        return new RingPoll.Unavailable(SegmentPeer.reasonOf(access));
    }

    @Override
    public void resync() {
        reader.resync();
    }

    private RingReader open(ReadOnlySegment from) {
        return from.ring(state.get().cursor(cursor, peer.name(), ring));
    }
}
