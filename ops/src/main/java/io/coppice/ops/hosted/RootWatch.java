package io.coppice.ops.hosted;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.root.ExitKind;
import io.coppice.state.root.LastExit;
import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.RootView;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the root of a hosted instance has on record, in its status table, mapped read-only. One thread. */
public final class RootWatch implements AutoCloseable {
    private final InstanceDirectory instance;
    private long rootPid;
    private @Nullable RootView root;
    private @Nullable RootSnapshot table;

    /**
     * Opens nothing yet.
     *
     * @param rootPid of the root whose table is wanted; what another one has left is not looked at
     */
    public RootWatch(InstanceDirectory instance, long rootPid) {
        this.instance = instance;
        this.rootPid = rootPid;
    }

    /**
     * From now on it is another root's table that counts. That of the one before is not looked at any more.
     *
     * @param nextRootPid of the root that follows
     */
    public void follow(long nextRootPid) {
        close();
        rootPid = nextRootPid;
        root = null;
        table = null;
    }

    /** Whether our root has ever written its table. */
    public boolean rootSeen() {
        return refresh() != null;
    }

    /** A child as the root has it on record now; empty before it has. */
    public Optional<ChildInfo> child(String name) {
        RootSnapshot now = refresh();
        return now == null ? Optional.empty() : now.child(name);
    }

    /** All children as the root has them on record now; none before it has. */
    public List<ChildInfo> children() {
        RootSnapshot now = refresh();
        return now == null ? List.of() : now.children();
    }

    /** A daemon's segment, to be closed by the caller; null before our root has made it. */
    public @Nullable ReadOnlySegment openSegment(String name) {
        if (child(name).filter(child -> child.incarnation() > 0).isEmpty()) {
            return null;
        }
        try {
            return SegmentFile.openReadOnly(instance.path().resolve(name + ".seg"));
        } catch (SegmentException e) {
            return null; // Asked again; whoever waits does not wait for ever.
        }
    }

    /** Deaths by a signal are what a host is about; a worker that ends by itself is not, and would do so again. */
    public static boolean isOwnFault(LastExit exit) {
        return exit.kind() == ExitKind.EXCEPTION
                || exit.kind() == ExitKind.SPAWN_FAILED
                || (exit.kind() == ExitKind.EXIT && exit.code() > 0 && exit.code() < 125);
    }

    private @Nullable RootSnapshot refresh() {
        RootView view = root;
        if (view == null) {
            return open();
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
    private @Nullable RootSnapshot open() {
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

    @Override
    public void close() {
        if (root != null) {
            root.close();
        }
    }
}
