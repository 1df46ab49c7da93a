package io.coppice.worker.runtime;

import io.coppice.state.Heartbeat;
import io.coppice.state.LayoutMismatchException;
import io.coppice.state.OwnedSegment;
import io.coppice.state.Phase;
import io.coppice.state.State;
import io.coppice.worker.Daemon;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The duty cycle's real world: the worker's own segment, the pipe to the root, this JVM's clock and log. */
final class SegmentPort implements WorkerPort, Supplier<State> {
    private static final long NANOS_PER_MS = 1_000_000;

    /** Far more than a copy of the largest segment takes, so that no checkpoint is taken for a hang. */
    private static final long CHECKPOINT_AT_MOST_MS = 60_000;

    private final OwnedSegment segment;
    private final Heartbeat heartbeat;
    private final RootNotifier root;
    private final WorkerLog log;
    private final StatePolicy policy;
    private final @Nullable SegmentFence fence;
    private boolean stepping;
    private boolean checkpointRequested;
    private long commitsSinceCheckpoint;
    private long checkpointedAtNs = System.nanoTime();

    /** @param fence null if the file lock, which is held, is the only one */
    SegmentPort(
            OwnedSegment segment, RootNotifier root, StatePolicy policy, @Nullable SegmentFence fence, WorkerLog log) {
        this.segment = segment;
        this.heartbeat = segment.heartbeat();
        this.root = root;
        this.policy = policy;
        this.fence = fence;
        this.log = log;
    }

    /** What the segment holds; another one after a step back. */
    @Override
    public State get() {
        return segment.state();
    }

    @Override
    public void phase(Phase phase) {
        stepping = phase == Phase.READY;
        segment.phase(phase);
        root.phaseChanged();
        if (fence != null && phase == Phase.READY) {
            fence.ready();
        }
    }

    @Override
    public void lastWords(String text) {
        segment.lastWords(text);
    }

    @Override
    public void bumpHeartbeat() {
        heartbeat.beat();
        if (fence != null) {
            fence.turn();
        }
    }

    /** The beat first: a step that announces again is alive, and the root times from the last change it saw. */
    @Override
    public void busy(long atMostMs) {
        heartbeat.beat();
        heartbeat.busy(atMostMs);
    }

    /**
     * A step that changed nothing makes no commit, so that the count of commits says something. Once the steps have begun,
     * a commit is one of theirs, and tells the root that this incarnation got somewhere.
     */
    @Override
    public void commit() {
        State state = segment.state();
        if (state.dirty()) {
            state.commit();
            if (stepping) {
                segment.stepCommitted();
                commitsSinceCheckpoint++;
            }
        }
    }

    @Override
    public void commitStep() {
        commit();
        if (checkpointRequested || checkpointIsDue()) {
            checkpoint();
        }
    }

    @Override
    public void requestCheckpoint() {
        if (segment.header().checkpoints() == 0) {
            throw new IllegalStateException(
                    "this daemon keeps no checkpoints; declare how many with the manifest key `checkpoints`, and `coppice reload`");
        }
        checkpointRequested = true;
    }

    @Override
    public boolean evolve(Daemon daemon, LayoutMismatchException mismatch) throws Exception {
        switch (policy.evolve()) {
            case REFUSE -> {
                return false;
            }
            case ZERO -> {
                log(
                        "starting empty, as declared (`evolve: zero`); the old contents are kept aside: "
                                + mismatch.difference(),
                        null);
                segment.empty(true);
            }
            case MIGRATE -> {
                log("migrating, as declared (`evolve: migrate`): " + mismatch.difference(), null);
                phase(Phase.MIGRATING);
                try {
                    segment.migrate(new ToldMigration(daemon, this));
                } finally {
                    phase(Phase.STARTING);
                }
            }
        }
        return true;
    }

    /** Nothing new is not worth a checkpoint. */
    private boolean checkpointIsDue() {
        return commitsSinceCheckpoint > 0 && everyIsDue();
    }

    private boolean everyIsDue() {
        boolean byCommits =
                policy.checkpointEveryCommits() > 0 && commitsSinceCheckpoint >= policy.checkpointEveryCommits();
        boolean byTime = policy.checkpointEveryMs() > 0
                && System.nanoTime() - checkpointedAtNs >= policy.checkpointEveryMs() * NANOS_PER_MS;
        return byCommits || byTime;
    }

    private void checkpoint() {
        busy(CHECKPOINT_AT_MOST_MS);
        segment.checkpoint();
        bumpHeartbeat();
        checkpointRequested = false;
        commitsSinceCheckpoint = 0;
        checkpointedAtNs = System.nanoTime();
    }

    @Override
    public void rollback() {
        segment.rollback();
        checkpointRequested = false;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void park(long ns) {
        LockSupport.parkNanos(this, fence == null ? ns : fence.parkAtMostNs(ns));
    }

    @Override
    public void log(String line, @Nullable Throwable thrown) {
        log.log(line, thrown);
    }
}
