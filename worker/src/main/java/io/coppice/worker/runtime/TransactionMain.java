package io.coppice.worker.runtime;

import java.io.IOException;
import java.util.Optional;

/**
 * The main class of every transaction's JVM, started by the root. In this order and no other:
 *
 * <ol>
 *   <li>held, and if it is to be a standby, parked, as a {@link WorkerMain} is; it may end up in any slot of its daemon,
 *   <li>takes the owner lock of the slot that the release line names (held by another: 72), maps and validates the slot's segment
 *       (refused: 71), rolls back what an attempt before left uncommitted,
 *   <li>if the result is there already: phase COMPLETED, and the end (0),
 *   <li>reads the task's name and input from the daemon's segment (not there: 76), empties the segment unless an earlier attempt has
 *       begun the same request there, makes the task (unusable: 73),
 *   <li>phase READY; runs the task on this thread; commits its result (0), or leaves the exception as last words (70, or 78 if a further
 *       attempt would fail in the same way).
 * </ol>
 *
 * <p>Told to {@code train} instead, it warms up and ends.
 *
 * <p>The process ends by {@link Runtime#halt}: neither threads that the task has left nor its shutdown hooks keep it, once the result is
 * committed.
 */
public final class TransactionMain {
    /** No exit code: what was to be done is done. */
    private static final int TRAINED = -1;

    private TransactionMain() {}

    /** See the class. */
    public static void main(String[] args) {
        WorkerLog.silenceLibraries();
        int exitCode = run(args);
        try {
            System.out.flush();
            System.err.flush();
        } finally {
            if (exitCode != TRAINED) {
                Runtime.getRuntime().halt(exitCode); // Also where the task has left streams that throw.
            }
        }
    }

    private static int run(String[] args) {
        TransactionArguments arguments;
        try {
            arguments = TransactionArguments.parse(args);
        } catch (IllegalArgumentException e) {
            new WorkerLog(System.err, "(unnamed)")
                    .log(e.getMessage() + "; transactions are started by `coppice run`", null);
            return ExitCode.USAGE;
        }
        WorkerLog log = new WorkerLog(System.err, arguments.daemon() + "@");
        TaskStopHook hook = new TaskStopHook(log);
        hook.install();
        RootNotifier root = new RootNotifier();
        Optional<RootLine> line;
        try (HoldPipe hold = new HoldPipe()) {
            line = new HeldProcess(hold, root, new TransactionWarmUp(arguments, log), log).released();
        } catch (IOException | IllegalArgumentException e) {
            log.log("not released: " + e.getMessage(), null);
            return ExitCode.NOT_RELEASED;
        }
        if (line.isPresent() && line.get() == RootLine.Waiting.TRAIN) {
            return TRAINED;
        }
        if (line.isEmpty() || !(line.get() instanceof ReleaseLine release)) {
            return ExitCode.NOT_RELEASED;
        }
        Optional<ReleaseLine.Attempt> attempt = release.attempt();
        if (attempt.isEmpty()) {
            log.log("not released: the release line is a daemon's, and this process is a transaction's", null);
            return ExitCode.NOT_RELEASED;
        }
        WorkerLog ofSlot =
                new WorkerLog(System.err, arguments.name(attempt.get().slot()));
        return new OwnedTransaction(arguments, release, attempt.get(), root, hook, ofSlot).run();
    }
}
