package io.coppice.worker.runtime;

import io.coppice.state.Heartbeat;
import io.coppice.state.OwnedSegment;
import io.coppice.state.Phase;
import io.coppice.state.State;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The duty cycle's real world: the worker's own segment, the pipe to the root, this JVM's clock and log. */
final class SegmentPort implements WorkerPort {
    private final OwnedSegment segment;
    private final State state;
    private final Heartbeat heartbeat;
    private final RootNotifier root;
    private final WorkerLog log;

    SegmentPort(OwnedSegment segment, RootNotifier root, WorkerLog log) {
        this.segment = segment;
        this.state = segment.state();
        this.heartbeat = segment.heartbeat();
        this.root = root;
        this.log = log;
    }

    @Override
    public void phase(Phase phase) {
        segment.phase(phase);
        root.phaseChanged();
    }

    @Override
    public void lastWords(String text) {
        segment.lastWords(text);
    }

    @Override
    public void bumpHeartbeat() {
        heartbeat.beat();
    }

    /** The beat first: a step that announces again is alive, and the root times from the last change it saw. */
    @Override
    public void busy(long atMostMs) {
        heartbeat.beat();
        heartbeat.busy(atMostMs);
    }

    /** A step that changed nothing makes no commit, so that the count of commits says something. */
    @Override
    public void commit() {
        if (state.dirty()) {
            state.commit();
        }
    }

    @Override
    public void rollback() {
        state.rollback();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void park(long ns) {
        LockSupport.parkNanos(this, ns);
    }

    @Override
    public void log(String line, @Nullable Throwable thrown) {
        log.log(line, thrown);
    }
}
