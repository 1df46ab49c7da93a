package io.coppice.ops.bench;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.ExitCode;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One {@code kill -9}, and what followed. Both times are from just before the signal is sent.
 *
 * <p>Whoever looks takes a core. On two of them the dying process, the supervisor and the successor have the other one, which is enough
 * for those that are back within a millisecond, since they come one after the other; and between two looks this thread lets go of its
 * core, so that a thread that was put behind it need not wait. A JVM that starts cold uses all cores there are, and takes a
 * hundred times as long: there this only looks now and then, as soon as the death is known.
 *
 * @param noticeNs until the kernel said so: the pidfd was readable
 * @param commitNs until the first step commit of a successor was there
 */
record Kill(long noticeNs, long commitNs) {
    /** What follows the death, and so how closely to look at it. */
    enum Successor {
        /** Waits already, or is forked. */
        READY,
        /** Starts cold. */
        COLD
    }

    private static final int SIGKILL = 9;
    private static final long WATCHDOG_NS = TimeUnit.SECONDS.toNanos(60);

    /** What is not back by then starts cold, or something is wrong. */
    private static final long CLOSE_LOOK_NS = TimeUnit.MILLISECONDS.toNanos(20);

    /** With the timer's slack of 50 µs about 0.1 ms. */
    private static final long PAUSE_NS = 50_000;

    /** Kills the process that has the state, and blocks until a successor has made a step. */
    static Kill of(StepView steps, Successor successor, String name) throws OsException, InterruptedException {
        long victim = steps.incarnation();
        try (PidFd pidFd = PidFd.open(steps.pid())) {
            if (steps.incarnation() != victim) {
                throw new CommandFailedException(ExitCode.FAILED, "bench: " + name + " died before it was killed.");
            }
            long beganNs = System.nanoTime();
            int errno = pidFd.signal(SIGKILL);
            if (errno != 0) {
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        "bench: cannot kill " + name + ", process " + pidFd.pid() + ": error " + errno);
            }
            return watch(beganNs, pidFd, steps, victim, successor, name);
        }
    }

    @SuppressWarnings(
            "ThreadPriorityCheck") // Nothing relies on it but the figures of a machine that has no core to spare.
    private static Kill watch(long beganNs, PidFd pidFd, StepView steps, long victim, Successor successor, String name)
            throws InterruptedException {
        long noticeNs = 0;
        long commitNs = 0;
        while (noticeNs == 0 || commitNs == 0) {
            if (commitNs == 0 && steps.incarnation() > victim && steps.steps() > 0) {
                commitNs = System.nanoTime() - beganNs;
            }
            if (noticeNs == 0 && pidFd.isDead()) {
                noticeNs = System.nanoTime() - beganNs;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            long nowNs = System.nanoTime() - beganNs;
            if (nowNs > WATCHDOG_NS) {
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        "bench: " + name + " made no step within " + TimeUnit.NANOSECONDS.toSeconds(WATCHDOG_NS)
                                + " s after it was killed.");
            }
            if (nowNs > CLOSE_LOOK_NS || (successor == Successor.COLD && noticeNs != 0)) {
                LockSupport.parkNanos(PAUSE_NS);
            } else {
                Thread.yield();
            }
        }
        return new Kill(noticeNs, commitNs);
    }
}
