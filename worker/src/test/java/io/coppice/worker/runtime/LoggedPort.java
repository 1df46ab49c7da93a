package io.coppice.worker.runtime;

import io.coppice.state.LayoutMismatchException;
import io.coppice.state.Phase;
import io.coppice.worker.Daemon;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A world for the duty cycle: a clock that only parking moves, and everything the cycle does written down. */
final class LoggedPort implements WorkerPort {
    final List<String> done = new ArrayList<>();
    final List<String> logged = new ArrayList<>();
    long nowNs = 1;
    long heartbeats;
    long committed;
    long value;
    String lastWords = "";
    boolean evolves;
    Runnable onPark = () -> {};

    @Override
    public void phase(Phase phase) {
        done.add("phase " + phase);
    }

    @Override
    public void lastWords(String text) {
        lastWords = text;
        done.add("last words");
    }

    @Override
    public void bumpHeartbeat() {
        heartbeats++;
    }

    @Override
    public void busy(long atMostMs) {
        done.add("busy " + atMostMs);
    }

    @Override
    public void commit() {
        committed = value;
        done.add("commit " + value);
    }

    @Override
    public void commitStep() {
        commit();
    }

    @Override
    public void requestCheckpoint() {
        done.add("checkpoint");
    }

    @Override
    public boolean evolve(Daemon daemon, LayoutMismatchException mismatch) {
        done.add("evolve");
        return evolves;
    }

    @Override
    public void rollback() {
        value = committed;
        done.add("rollback " + value);
    }

    @Override
    public long nanoTime() {
        return nowNs;
    }

    @Override
    public void park(long ns) {
        done.add("park " + ns);
        nowNs += ns;
        onPark.run();
    }

    @Override
    public void log(String line, @Nullable Throwable thrown) {
        logged.add(thrown == null ? line : line + " [trace]");
    }
}
