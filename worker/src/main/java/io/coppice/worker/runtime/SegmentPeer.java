package io.coppice.worker.runtime;

import io.coppice.state.PublishedView;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RecordLayout;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentRefusedException;
import io.coppice.state.SnapshotResult;
import io.coppice.state.State;
import io.coppice.state.Validation;
import io.coppice.worker.Peer;
import io.coppice.worker.PeerAccess;
import io.coppice.worker.PeerRing;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A peer by the path of its segment. Loop thread only. */
final class SegmentPeer implements Peer, Closeable {
    /** How long a failed attempt is taken for the answer: opening a file in each step of a busy loop is too much. */
    static final long RETRY_NS = 100_000_000;

    /** How long an open file is taken for the one that is there. */
    static final long LOOK_NS = 1_000_000_000;

    private final String name;
    private final Path file;
    private final Supplier<State> state;
    private final WorkerPort port;
    private @Nullable PeerAccess access;
    private @Nullable Object openedFileKey;
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
        long nowNs = port.nanoTime();
        boolean open = last instanceof PeerAccess.Available;
        if (last != null && nowNs - triedAtNs < (open ? LOOK_NS : RETRY_NS)) {
            return last;
        }
        triedAtNs = nowNs;
        Object fileKey = fileKey();
        if (last != null && open && fileKey != null && fileKey.equals(openedFileKey)) {
            return last;
        }
        PeerAccess tried = open();
        access = tried;
        openedFileKey = fileKey;
        return tried;
    }

    /** What tells a file from one that takes its place, null if there is none. Taken before a file is opened, never after. */
    private @Nullable Object fileKey() {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    static String reasonOf(PeerAccess none) {
        return none instanceof PeerAccess.Missing missing ? missing.reason() : ((PeerAccess.Unreadable) none).reason();
    }

    /** Its segment, or null if there is none now. */
    @Nullable
    ReadOnlySegment segment() {
        return access() instanceof OpenPeer open ? open.segment() : null;
    }

    /** Unmaps what is open now; views of it no longer work. */
    @Override
    public void close() {
        if (access instanceof OpenPeer open) {
            open.segment().close();
        }
        access = null;
    }

    private PeerAccess open() {
        try {
            return new OpenPeer(this, SegmentFile.openReadOnly(file), state);
        } catch (SegmentRefusedException e) {
            return e.validation() instanceof Validation.Missing
                    ? new PeerAccess.Missing(e.validation().message())
                    : new PeerAccess.Unreadable(e.validation().message());
        } catch (SegmentException e) {
            return new PeerAccess.Unreadable(String.valueOf(e.getMessage()));
        }
    }

    private record OpenPeer(SegmentPeer peer, ReadOnlySegment segment, Supplier<State> state)
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
        public PeerRing ring(String ring, String cursor) {
            return new SegmentPeerRing(peer, segment, ring, cursor, state);
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
