package io.coppice.worker.runtime;

import io.coppice.state.PublishedView;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RecordLayout;
import io.coppice.state.RingReader;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentRefusedException;
import io.coppice.state.SnapshotResult;
import io.coppice.state.State;
import io.coppice.state.Validation;
import io.coppice.worker.Peer;
import io.coppice.worker.PeerAccess;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A peer by the path of its segment. Loop thread only. */
final class SegmentPeer implements Peer {
    /** How long a failed attempt is taken for the answer: opening a file in each step of a busy loop is too much. */
    static final long RETRY_NS = 100_000_000;

    private final String name;
    private final Path file;
    private final Supplier<State> state;
    private final WorkerPort port;
    private @Nullable PeerAccess access;
    private long triedAtNs;

    /** @param state of this daemon, where cursors go */
    SegmentPeer(String name, Path file, Supplier<State> state, WorkerPort port) {
        this.name = name;
        this.file = file;
        this.state = state;
        this.port = port;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public PeerAccess access() {
        PeerAccess last = access;
        if (last instanceof PeerAccess.Available || (last != null && port.nanoTime() - triedAtNs < RETRY_NS)) {
            return last;
        }
        PeerAccess tried = open();
        access = tried;
        triedAtNs = port.nanoTime();
        return tried;
    }

    /** Its segment, or null if there is none now. */
    @Nullable
    ReadOnlySegment segment() {
        return access() instanceof OpenPeer open ? open.segment() : null;
    }

    private PeerAccess open() {
        try {
            return new OpenPeer(name, SegmentFile.openReadOnly(file), state);
        } catch (SegmentRefusedException e) {
            return e.validation() instanceof Validation.Missing
                    ? new PeerAccess.Missing(e.validation().message())
                    : new PeerAccess.Unreadable(e.validation().message());
        } catch (SegmentException e) {
            return new PeerAccess.Unreadable(String.valueOf(e.getMessage()));
        }
    }

    private record OpenPeer(String name, ReadOnlySegment segment, Supplier<State> state)
            implements PeerAccess.Available {
        @Override
        public PublishedView published(String record, RecordLayout layout) {
            return segment.published(record, layout);
        }

        @Override
        public SnapshotResult snapshot() {
            return segment.snapshot();
        }

        @Override
        public RingReader ring(String ring, String cursor) {
            return segment.ring(state.get().cursor(cursor, name, ring));
        }

        @Override
        public long commitSequence() {
            return segment.commitSequenceAcquire();
        }

        @Override
        public long incarnation() {
            return segment.incarnation();
        }
    }
}
