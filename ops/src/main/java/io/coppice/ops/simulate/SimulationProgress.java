package io.coppice.ops.simulate;

import io.coppice.ops.cli.Caller;
import io.coppice.supervisor.simulation.SimulationRuns;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One line on standard error that is drawn again and again, where somebody watches. Any thread. */
final class SimulationProgress implements SimulationRuns.Progress, AutoCloseable {
    private static final long REDRAW_NS = 200_000_000;

    private final PrintStream err;
    private final boolean watched;
    private final long runs;
    private final long startNs = System.nanoTime();
    private long drawnAtNs = startNs;
    private boolean drawn;

    private SimulationProgress(PrintStream err, boolean watched, long runs) {
        this.err = err;
        this.watched = watched;
        this.runs = runs;
    }

    static SimulationProgress of(Caller caller, long runs) {
        boolean terminal = caller.outKind() == Caller.OutputKind.TERMINAL;
        return new SimulationProgress(new PrintStream(caller.err(), false, StandardCharsets.UTF_8), terminal, runs);
    }

    @Override
    public synchronized void done(long done, long simulatedNs) {
        long nowNs = System.nanoTime();
        if (!watched || nowNs - drawnAtNs < REDRAW_NS) {
            return;
        }
        drawnAtNs = nowNs;
        drawn = true;
        err.printf(
                Locale.ROOT,
                "\r\u001b[K%d of %d runs, %.0f simulated hours a second",
                done,
                runs,
                simulatedNs / 3.6e12 / ((nowNs - startNs) / 1e9));
        err.flush();
    }

    @Override
    public synchronized void close() {
        if (drawn) {
            err.print("\r\u001b[K");
            err.flush();
        }
    }
}
