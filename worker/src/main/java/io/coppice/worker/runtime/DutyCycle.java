package io.coppice.worker.runtime;

import io.coppice.state.LayoutMismatchException;
import io.coppice.state.Phase;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.OnException;
import io.coppice.worker.StepErrorException;
import org.jspecify.annotations.Nullable;

/**
 * Calls a daemon from start to stop. Everything it does to the world goes through a {@link WorkerPort}, so that a test
 * can run it on a clock of its own.
 *
 * <pre>
 *  start() ─ commit ─ READY ─┬─ bump ─ step() ─ commit ─┬─ AGAIN, after(d): idle, bumping ─┐
 *                            ▲                          ├─ DONE ─ stop() ─ commit ─ COMPLETED, exit 0
 *                            │                          └─ exception ─ rollback ─ onException() ─┬─ RESTART: exit 70
 *                            └────────────────────────────────────── CONTINUE: commit, pause ────┼─ FAIL: exit 78
 *  stop requested, seen between two steps: STOPPING ─ stop() ─ commit ─ exit 143                 ┘
 * </pre>
 *
 * <p>RESTART is exit 75 instead if the daemon asked its own state for another layout and got none, see {@link
 * ExitCode#CONTENTS_NOT_MADE}.
 *
 * <p>One turn allocates nothing unless an exception left the step.
 */
final class DutyCycle {
    /** An idle loop wakes this many times per heartbeat timeout, so that two lost wake-ups are not a hang. */
    static final int BUMPS_PER_HEARTBEAT_TIMEOUT = 3;

    private static final String ALL_IS_WELL = ": its stop() has run, and all is committed";

    /** Last words, though not of an exception: for a root that did not see the end, and to which the exit code is lost. */
    private static final String IN_ORDER = "it ended in order, as asked" + ALL_IS_WELL;

    private final Daemon daemon;
    private final DaemonContext context;
    private final WorkerPort port;
    private final StopRequest stop;
    private final long idleSliceNs;
    private final FailureStreak failures;

    /** The old contents are being replaced by those of another layout, or could not be. */
    private boolean evolving;

    /**
     * @param heartbeatTimeoutNs zero for none: then an idle loop sleeps without waking
     */
    DutyCycle(Daemon daemon, DaemonContext context, WorkerPort port, StopRequest stop, long heartbeatTimeoutNs) {
        this.daemon = daemon;
        this.context = context;
        this.port = port;
        this.stop = stop;
        this.idleSliceNs = heartbeatTimeoutNs == 0
                ? Long.MAX_VALUE
                : Math.max(1, heartbeatTimeoutNs / BUMPS_PER_HEARTBEAT_TIMEOUT);
        this.failures = new FailureStreak(port);
    }

    /** Runs a daemon that was just made, in phase STARTING, to its end and answers the process's exit code. */
    int run() {
        try {
            start();
            port.commit();
        } catch (Throwable thrown) {
            return onStartFailure(thrown);
        }
        port.phase(Phase.READY);
        while (!stop.requested()) {
            port.bumpHeartbeat();
            Next next;
            try {
                port.beginTurn();
                next = daemon.step();
                if (next == null) {
                    throw new IllegalStateException(
                            daemon.getClass().getName() + ".step() returned null, expected a Next");
                }
                port.commitStep();
            } catch (Throwable thrown) {
                OnException answer = onFailure(thrown);
                if (answer != OnException.CONTINUE) {
                    return fail(thrown, exitCodeOf(answer, thrown));
                }
                idle(failures.onContinue(thrown), false);
                continue;
            }
            failures.onSuccess();
            if (next == Next.DONE) {
                return finish(Phase.COMPLETED);
            }
            if (next.delayNs() > 0) {
                idle(next.delayNs(), true);
            }
        }
        port.phase(Phase.STOPPING);
        return finish(Phase.STOPPING);
    }

    /**
     * A second time on the new contents, if the old ones were of another layout and the manifest says what to do then. A
     * mismatch in what is read of a peer is no reason to give up what is this daemon's own.
     */
    private void start() throws Exception {
        try {
            port.beforeStart();
            daemon.start(context);
        } catch (LayoutMismatchException mismatch) {
            port.rollback();
            if (!mismatch.isOwners()) {
                throw mismatch;
            }
            evolving = true;
            if (!port.evolve(daemon, mismatch)) {
                throw mismatch;
            }
            evolving = false;
            daemon.start(context);
        }
    }

    private int onStartFailure(Throwable thrown) {
        OnException answer = onFailure(thrown);
        return fail(thrown, exitCodeOf(answer, thrown));
    }

    /** Back to the last commit, then the daemon's own verdict; its changes count only if it wants to go on. */
    private OnException onFailure(Throwable thrown) {
        throwIfFatal(thrown);
        port.rollback();
        Exception exception = thrown instanceof Exception e ? e : new StepErrorException((Error) thrown);
        try {
            OnException answer = daemon.onException(exception);
            if (answer == OnException.CONTINUE) {
                port.commit();
                return answer;
            }
            port.rollback();
            return answer == OnException.FAIL ? answer : OnException.RESTART;
        } catch (Throwable second) {
            throwIfFatal(second);
            port.rollback();
            if (!second.equals(thrown)) {
                thrown.addSuppressed(second);
            }
            return OnException.RESTART;
        }
    }

    private int finish(Phase lastPhase) {
        try {
            port.bumpHeartbeat();
            daemon.stop();
            port.commit();
        } catch (Throwable thrown) {
            throwIfFatal(thrown);
            port.rollback();
            return fail(thrown, ExitCode.EXCEPTION);
        }
        if (lastPhase == Phase.COMPLETED) {
            port.phase(Phase.COMPLETED);
            return ExitCode.DONE;
        }
        port.lastWords(partingWords(stop.exit()));
        return ExitCode.STOPPED;
    }

    /** @param exit who called System.exit, and below that, where; null if nobody did */
    private static String partingWords(@Nullable String exit) {
        if (exit == null) {
            return IN_ORDER;
        }
        int line = exit.indexOf('\n');
        int end = line < 0 ? exit.length() : line;
        return LastWords.cut(
                exit.substring(0, end) + "; the loop then ended in order" + ALL_IS_WELL + exit.substring(end));
    }

    private int fail(Throwable thrown, int exitCode) {
        port.log(
                exitCode == ExitCode.FAIL
                        ? "an exception ends this worker for good (exit code 78)"
                        : "an exception ends this worker (exit code " + exitCode + ")",
                thrown);
        port.lastWords(LastWords.of(thrown));
        port.phase(Phase.FAILING);
        return exitCode;
    }

    /** @param endsEarly whether news end it */
    private void idle(long delayNs, boolean endsEarly) {
        long sinceNs = port.nanoTime();
        while (!stop.requested() && !(endsEarly && port.endsPause())) {
            long leftNs = delayNs - (port.nanoTime() - sinceNs);
            if (leftNs <= 0) {
                return;
            }
            port.park(Math.min(leftNs, idleSliceNs));
            port.bumpHeartbeat();
        }
    }

    private int exitCodeOf(OnException answer, Throwable thrown) {
        if (answer == OnException.FAIL) {
            return ExitCode.FAIL;
        }
        boolean otherLayout = thrown instanceof LayoutMismatchException mismatch && mismatch.isOwners();
        return evolving || otherLayout ? ExitCode.CONTENTS_NOT_MADE : ExitCode.EXCEPTION;
    }

    /** An out-of-memory JVM or a truncated segment is no place to go on; a stack overflow has already unwound. */
    static void throwIfFatal(Throwable thrown) {
        if (thrown instanceof VirtualMachineError fatal && !(thrown instanceof StackOverflowError)) {
            throw fatal;
        }
    }
}
