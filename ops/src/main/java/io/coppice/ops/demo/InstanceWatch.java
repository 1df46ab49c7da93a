package io.coppice.ops.demo;

import io.coppice.ops.demo.job.WordCountProgress;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.state.LongField;
import io.coppice.state.PublishedView;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.RootView;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The demo's eyes: the root's status table and the daemon's segment, both mapped read-only. No other channel is needed. One
 * thread.
 */
final class InstanceWatch implements AutoCloseable {
    private final InstanceDirectory instance;
    private final long rootPid;
    private @Nullable RootView root;
    private @Nullable RootSnapshot table;
    private @Nullable ReadOnlySegment words;
    private @Nullable PublishedView progress;

    /**
     * @param rootPid of the root whose table is wanted; what another one has left is not looked at
     */
    InstanceWatch(InstanceDirectory instance, long rootPid) {
        this.instance = instance;
        this.rootPid = rootPid;
    }

    /** Whether our root has ever written its table. */
    boolean rootSeen() {
        return refreshTable() != null;
    }

    /** The daemon as the root has it on record now; empty before it has. */
    Optional<ChildInfo> daemon() {
        RootSnapshot now = refreshTable();
        return now == null ? Optional.empty() : now.child(DemoManifest.DAEMON);
    }

    private @Nullable RootSnapshot refreshTable() {
        RootView view = root;
        if (view == null) {
            return openRoot();
        }
        RootSnapshot last = table;
        if (last != null && last.commitSequence() == view.commitSequenceAcquire()) {
            return last;
        }
        if (view.read() instanceof RootReadResult.Read read) {
            table = read.snapshot();
        }
        return table;
    }

    /** The file of an earlier root may still be there, and be replaced at any moment: not ours until it says so. */
    private @Nullable RootSnapshot openRoot() {
        RootView view;
        try {
            view = RootView.open(instance.rootSegment());
        } catch (SegmentException e) {
            return null; // Not there or not complete yet; whoever waits also watches whether the root lives.
        }
        if (view.read() instanceof RootReadResult.Read read
                && read.snapshot().root().map(info -> info.pid() == rootPid).orElse(false)) {
            root = view;
            table = read.snapshot();
            return table;
        }
        view.close();
        return null;
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
        if (words == null && daemon().filter(child -> child.incarnation() > 0).isPresent()) {
            try {
                words = SegmentFile.openReadOnly(instance.path().resolve(DemoManifest.DAEMON + ".seg"));
            } catch (SegmentException e) {
                return null; // Asked again; whoever waits does not wait for ever.
            }
        }
        return words;
    }

    @Override
    public void close() {
        if (root != null) {
            root.close();
        }
        if (words != null) {
            words.close();
        }
    }
}
