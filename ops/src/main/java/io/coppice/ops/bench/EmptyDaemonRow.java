package io.coppice.ops.bench;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.ExitCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts a daemon with nothing to do, as {@link EmptyJvmRow} starts a JVM: from just before the process is made until its segment says
 * that it is ready.
 *
 * @param log where it writes
 */
record EmptyDaemonRow(WorkerLaunch launch, SegmentSteps segment, Guests guests, Path log, RowTimes times)
        implements RecoveryRow {
    private static final long WATCHDOG_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long PAUSE_NS = 50_000;

    @Override
    public void measure() throws IOException, InterruptedException {
        long next = segment.incarnation() + 1;
        byte[] release = WorkerLaunch.release(next).getBytes(StandardCharsets.US_ASCII);
        ProcessBuilder builder = launch.builder(launch.command(), log);
        long beganNs = System.nanoTime();
        Process process = guests.start(builder);
        try (OutputStream hold = process.getOutputStream()) {
            hold.write(release);
            hold.flush();
            while (segment.incarnation() != next || !segment.ready()) {
                if (System.nanoTime() - beganNs > WATCHDOG_NS || !process.isAlive()) {
                    throw new CommandFailedException(
                            ExitCode.FAILED,
                            "bench recovery: the empty daemon "
                                    + (process.isAlive()
                                            ? "is not ready after " + TimeUnit.NANOSECONDS.toSeconds(WATCHDOG_NS) + " s"
                                            : "ended with exit code " + process.exitValue()));
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.parkNanos(PAUSE_NS);
            }
            times.add(System.nanoTime() - beganNs);
        } finally {
            guests.kill(process);
        }
    }
}
