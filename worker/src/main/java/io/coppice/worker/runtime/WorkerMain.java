package io.coppice.worker.runtime;

import io.coppice.state.Fence;
import java.io.IOException;
import java.util.Optional;

/**
 * The main class of every worker JVM, started by the root. In this order and no other:
 *
 * <ol>
 *   <li>held: waits on standard input for the root's word that this process is on record (end of file: exit 125),
 *   <li>if the word is {@code standby}: makes sure that the root's death is not its own, warms up, says so, and is parked: it
 *       waits for the line that assigns it. It has opened no segment and run nothing of the daemon's yet,
 *   <li>takes the owner lock (held by another: 72; with {@code --fence word} it may also be a predecessor's whose loop thread is
 *       dead, and is taken later), maps and validates the segment (refused: 71),
 *   <li>rolls back what the predecessor left uncommitted, and checks the arena if the manifest declares its checksum (damaged:
 *       74); phase RECOVERING, then STARTING, which tells the root,
 *   <li>loads the daemon's class (unusable: 73), makes the contents that it starts from (not possible: 75) and runs it to its end.
 * </ol>
 *
 * <p>Told to {@code train} instead, it warms up and ends.
 *
 * <p>The process ends by {@link Runtime#halt}, so that its exit code is what the loop decided even while the JVM is
 * already going down because of a SIGTERM. A daemon's own shutdown hooks therefore run, if at all, beside the loop's end.
 * One that trained ends in the ordinary way, as the JVM writes its archive then.
 */
public final class WorkerMain {
    /** No exit code: what was to be done is done. */
    private static final int TRAINED = -1;

    private WorkerMain() {}

    /** See the class. */
    public static void main(String[] args) {
        WorkerLog.silenceLibraries();
        int exitCode = run(args);
        System.out.flush();
        System.err.flush();
        if (exitCode == TRAINED || StopHook.exitWasCalled()) {
            return;
        }
        Runtime.getRuntime().halt(exitCode);
    }

    private static int run(String[] args) {
        WorkerArguments arguments;
        try {
            arguments = WorkerArguments.parse(args);
        } catch (IllegalArgumentException e) {
            new WorkerLog(System.err, "(unnamed)").log(e.getMessage() + "; workers are started by `coppice run`", null);
            return ExitCode.USAGE;
        }
        WorkerLog log = new WorkerLog(System.err, arguments.name());
        StopHook hook = new StopHook(log);
        hook.install();
        RootNotifier root = new RootNotifier();
        Answers answers = Answers.listen(log);
        LibcLoader libc = arguments.fence() == Fence.WORD ? new LibcLoader(log) : null;
        Optional<RootLine> line;
        try (HoldPipe hold = new HoldPipe()) {
            line = new HeldProcess(hold, root, new WarmUp(arguments, libc, log), log).released();
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
        if (release.attempt().isPresent()) {
            log.log("not released: the release line is a transaction's, and this process is a daemon's", null);
            return ExitCode.NOT_RELEASED;
        }
        return new OwnedWorker(arguments, release, root, hook, libc, answers, log).run();
    }
}
