package io.coppice.ops.demo;

import io.coppice.ops.demo.job.WordCountProgress;
import io.coppice.ops.hosted.RootWatch;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.state.LongField;
import io.coppice.state.PublishedView;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The demo's eyes: the root's status table and the daemon's segment, both mapped read-only. No other channel is needed. One
 * thread.
 */
final class InstanceWatch implements AutoCloseable {
    private final RootWatch root;
    private @Nullable ReadOnlySegment words;
    private @Nullable PublishedView progress;

    /**
     * @param rootPid of the root whose table is wanted; what another one has left is not looked at
     */
    InstanceWatch(InstanceDirectory instance, long rootPid) {
        root = new RootWatch(instance, rootPid);
    }

    /** Whether our root has ever written its table. */
    boolean rootSeen() {
        return root.rootSeen();
    }

    /** The daemon as the root has it on record now; empty before it has. */
    Optional<ChildInfo> daemon() {
        return root.child(DemoManifest.DAEMON);
    }

    /**
     * The daemon's progress, as of its last commit; null before its first step. The same object each time, with new
     * contents.
     */
    @Nullable
    PublishedView progress() {
        PublishedView view = progress;
        if (view == null) {
            ReadOnlySegment segment = segment();
            if (segment == null) {
                return null;
            }
            view = segment.published(WordCountProgress.RECORD, WordCountProgress.LAYOUT);
            progress = view;
        }
        view.refresh();
        return view.sequence() > 0 && view.get(WordCountProgress.INCARNATION) > 0 ? view : null;
    }

    /** A field of the progress, 0 before the first step. */
    long progress(LongField field) {
        PublishedView view = progress();
        return view == null ? 0 : view.get(field);
    }

    /** The daemon's segment, null before our root has made it. */
    @Nullable
    ReadOnlySegment segment() {
        if (words == null) {
            words = root.openSegment(DemoManifest.DAEMON);
        }
        return words;
    }

    @Override
    public void close() {
        root.close();
        if (words != null) {
            words.close();
        }
    }
}
