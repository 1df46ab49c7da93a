package io.coppice.worker;

import io.coppice.state.PublishedView;
import io.coppice.state.RecordLayout;
import io.coppice.state.SnapshotResult;

/** The way to a peer's state, or why there is none. */
public sealed interface PeerAccess {
    /**
     * The peer's segment is open. It stays so while the peer dies and restarts. Loop thread only. Should the file be replaced,
     * {@link Peer#access} gives another one of these; what was made of this one goes on to read the old file, except its
     * rings, which change over by themselves.
     */
    non-sealed interface Available extends PeerAccess {
        /**
         * A view of a record the peer publishes. Keep it and call {@link PublishedView#refresh} per step: that neither
         * blocks nor allocates.
         *
         * @param layout built as the peer builds it
         */
        PublishedView published(String record, RecordLayout layout);

        /** All of the peer's state as of one commit, copied: for rare and thorough reading, not for each step. */
        SnapshotResult snapshot();

        /**
         * A reader of a channel or broadcast of the peer's, which need not exist yet. How far it has read is kept in this
         * daemon's own state, under that name, and committed with it; it is the place to go on after a restart of either
         * side. Keep the reader, and call {@link PeerRing#poll} per step. A channel of the peer's must declare this daemon
         * as a receiver.
         *
         * @param ring its name in the peer's state
         * @param cursor a name in this daemon's state
         * @throws io.coppice.state.LayoutMismatchException if {@code cursor} is taken by something else
         * @throws io.coppice.state.CapacityExceededException if this daemon's state has no room for a cursor
         */
        PeerRing ring(String ring, String cursor);

        /** The number of the peer's last commit; grows by one per commit that changed something. */
        long commitSequence();

        /** The incarnation that last owned the peer's segment. */
        long incarnation();
    }

    /**
     * There is no such file: the peer has not been declared to this root, or was purged.
     *
     * @param reason the file and what to do
     */
    record Missing(String reason) implements PeerAccess {}

    /**
     * The file exists but is not a segment this release reads: another layout version, a wrong length, a damaged
     * header.
     *
     * @param reason the file, found, expected
     */
    record Unreadable(String reason) implements PeerAccess {}
}
