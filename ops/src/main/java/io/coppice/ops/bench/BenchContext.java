package io.coppice.ops.bench;

import io.coppice.state.State;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Peer;
import io.coppice.worker.PreviousExit;
import io.coppice.worker.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A daemon's surroundings when it runs inside a bench: a state and arguments, no root, no peers. */
record BenchContext(State state, List<String> args) implements DaemonContext {
    @Override
    public String instance() {
        return "bench";
    }

    @Override
    public String name() {
        return "demo";
    }

    @Override
    public long incarnation() {
        return 1;
    }

    @Override
    public Optional<PreviousExit> previousExit() {
        return Optional.empty();
    }

    @Override
    public Peer peer(String name) {
        throw new IllegalArgumentException("a bench has no peer " + name);
    }

    @Override
    public Transactions transactions() {
        throw new UnsupportedOperationException();
    }

    /** Nobody times a bench. */
    @Override
    public void busy(Duration atMost) {}

    @Override
    public void commit() {
        state.commit();
    }

    @Override
    public void checkpoint() {
        throw new UnsupportedOperationException("the segments of benchmarks keep no checkpoints");
    }

    @Override
    public void rollback() {
        state.rollback();
    }

    @Override
    public boolean stopRequested() {
        return false;
    }
}
