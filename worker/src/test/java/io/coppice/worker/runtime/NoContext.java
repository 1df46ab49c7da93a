package io.coppice.worker.runtime;

import io.coppice.state.State;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Peer;
import io.coppice.worker.PreviousExit;
import io.coppice.worker.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** For daemons that ask their context for nothing. */
final class NoContext implements DaemonContext {
    @Override
    public String instance() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String name() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long incarnation() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<PreviousExit> previousExit() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> args() {
        throw new UnsupportedOperationException();
    }

    @Override
    public State state() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Peer peer(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Transactions transactions() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void busy(Duration atMost) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void commit() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void checkpoint() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void rollback() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean stopRequested() {
        throw new UnsupportedOperationException();
    }
}
