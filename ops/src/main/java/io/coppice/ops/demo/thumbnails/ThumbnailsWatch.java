package io.coppice.ops.demo.thumbnails;

import io.coppice.ops.demo.thumbnails.job.ThumbnailProgress;
import io.coppice.ops.hosted.HostedFailedException;
import io.coppice.ops.hosted.RootWatch;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.state.LongField;
import io.coppice.state.PublishedView;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SnapshotResult;
import io.coppice.state.StateView;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The demo's eyes: the status table of each root in turn, and the daemon's segment, mapped read-only. One thread. */
final class ThumbnailsWatch implements AutoCloseable {
    private final RootWatch root;
    private @Nullable ReadOnlySegment segment;
    private @Nullable PublishedView progress;

    /** @param rootPid of the first root */
    ThumbnailsWatch(InstanceDirectory instance, long rootPid) {
        this.root = new RootWatch(instance, rootPid);
    }

    /** From now on it is this root's table that counts. */
    void follow(long rootPid) {
        root.follow(rootPid);
    }

    /** Whether the present root has ever written its table. */
    boolean rootSeen() {
        return root.rootSeen();
    }

    /** The daemon as the root has it on record now; empty before it has. */
    Optional<ChildInfo> daemon() {
        return root.child(ThumbnailsManifest.DAEMON);
    }

    /** The slots that have a process at work, in its first attempt. */
    List<ChildInfo> busySlots() {
        return root.children().stream()
                .filter(child -> child.request() > 0 && child.pid() > 0 && child.failureCount() == 0)
                .toList();
    }

    /** A field of what the daemon publishes, as of its last commit; 0 before the first. */
    long progress(LongField field) {
        ReadOnlySegment open = segment;
        if (open == null) {
            open = root.openSegment(ThumbnailsManifest.DAEMON);
            segment = open;
        }
        if (open == null) {
            return 0;
        }
        PublishedView view = progress;
        if (view == null) {
            view = open.published(ThumbnailProgress.RECORD, ThumbnailProgress.LAYOUT);
            progress = view;
        }
        view.refresh();
        return view.get(field);
    }

    /** How many files have an outcome. */
    long finished() {
        return progress(ThumbnailProgress.RESULTS) + progress(ThumbnailProgress.FAILURES);
    }

    /**
     * A copy of the daemon's state, as of its last commit.
     *
     * @throws HostedFailedException if the segment is damaged, or always busy
     */
    StateView state() throws HostedFailedException {
        SnapshotResult result = java.util.Objects.requireNonNull(segment, "no progress was seen")
                .snapshot();
        if (result instanceof SnapshotResult.Snapshot snapshot) {
            return snapshot.view();
        }
        throw new HostedFailedException("The state of the daemon cannot be read: " + result);
    }

    @Override
    public void close() {
        root.close();
        if (segment != null) {
            segment.close();
        }
    }
}
