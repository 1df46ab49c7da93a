package io.coppice.ops.bench;

import io.coppice.ops.bench.job.Submitter;
import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.ExitCode;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RecordView;
import io.coppice.state.SnapshotResult;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Has a daemon submit empty tasks, and takes the time of its own clock until it had all results, divided by their number.
 *
 * @param name of the daemon, a {@link Submitter}
 * @param orders its file of them
 * @param tasks that it submits at once
 * @param atMost so many measurements are made; further ones are left out
 * @param mayBegin what must hold before
 */
record SubmitRow(
        String name,
        OrdersFile orders,
        ReadOnlySegment segment,
        int tasks,
        int atMost,
        BooleanSupplier mayBegin,
        RowTimes times)
        implements RecoveryRow {
    private static final long WATCHDOG_NS = TimeUnit.MINUTES.toNanos(5);
    private static final long POLL_MS = 5;

    @Override
    public void measure() throws IOException, InterruptedException {
        if (times.count() >= atMost) {
            return;
        }
        await(mayBegin, "has no slot and standby at rest");
        long next = done() + 1;
        orders.write(next, tasks);
        await(() -> done() == next, "has not all results of its transactions");
        RecordView record = record().orElseThrow();
        if (record.get(Submitter.FAILED) > 0) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "bench: " + record.get(Submitter.FAILED) + " transactions of " + name + " have failed.");
        }
        times.add(record.get(Submitter.TOOK_NS) / tasks);
    }

    private void await(BooleanSupplier condition, String otherwise) throws InterruptedException {
        long sinceNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - sinceNs > WATCHDOG_NS) {
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        "bench: " + name + " " + otherwise + " after " + TimeUnit.NANOSECONDS.toMinutes(WATCHDOG_NS)
                                + " minutes.");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
    }

    private long done() {
        return record().map(record -> record.get(Submitter.DONE)).orElse(-1L);
    }

    /** What it has committed; empty while that cannot be read. */
    private Optional<RecordView> record() {
        return segment.snapshot() instanceof SnapshotResult.Snapshot snapshot
                ? snapshot.view()
                        .structure(Submitter.RECORD)
                        .map(there -> snapshot.view().record(Submitter.RECORD, Submitter.LAYOUT))
                : Optional.empty();
    }
}
