package io.coppice.ops.bench;

import io.coppice.ops.bench.job.Steady;
import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.ExitCode;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RecordView;
import io.coppice.state.SnapshotResult;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Has a daemon do what it does at work, and takes the times of its own clock, each divided by how often it was.
 *
 * @param name of the daemon, a {@link Steady}
 */
record SteadyRow(String name, OrdersFile orders, ReadOnlySegment segment, RowTimes commit, RowTimes file)
        implements RecoveryRow {
    private static final int TIMES = 20_000;
    private static final long WATCHDOG_NS = TimeUnit.MINUTES.toNanos(5);
    private static final long POLL_MS = 5;

    @Override
    public void measure() throws IOException, InterruptedException {
        long next = done() + 1;
        orders.write(next, TIMES);
        long sinceNs = System.nanoTime();
        while (done() != next) {
            if (System.nanoTime() - sinceNs > WATCHDOG_NS) {
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        "bench: " + name + " has not done its work after " + TimeUnit.NANOSECONDS.toMinutes(WATCHDOG_NS)
                                + " minutes.");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
        RecordView record = record().orElseThrow();
        commit.add(record.get(Steady.COMMITS_NS) / TIMES);
        file.add(record.get(Steady.FILES_NS) / TIMES);
    }

    private long done() {
        return record().map(record -> record.get(Steady.DONE)).orElse(0L);
    }

    /** What it has committed; empty while that cannot be read. */
    private Optional<RecordView> record() {
        return segment.snapshot() instanceof SnapshotResult.Snapshot snapshot
                ? snapshot.view()
                        .structure(Steady.RECORD)
                        .map(there -> snapshot.view().record(Steady.RECORD, Steady.LAYOUT))
                : Optional.empty();
    }
}
