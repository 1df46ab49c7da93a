package io.coppice.worker.runtime;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * The main class of every worker JVM, started by the root. In this order and no other:
 *
 * <ol>
 *   <li>held: waits on standard input for the root's word that this process is on record (end of file: exit 125),
 *   <li>takes the owner lock (held by another: 72), maps and validates the segment (refused: 71),
 *   <li>rolls back what the predecessor left uncommitted, and checks the arena if the manifest declares its checksum (damaged:
 *       74); phase RECOVERING, then STARTING, which tells the root,
 *   <li>loads the daemon's class (unusable: 73), makes the contents that it starts from (not possible: 75) and runs it to its end.
 * </ol>
 *
 * <p>The process ends by {@link Runtime#halt}, so that its exit code is what the loop decided even while the JVM is
 * already going down because of a SIGTERM. A daemon's own shutdown hooks therefore run, if at all, beside the loop's end.
 */
public final class WorkerMain {
    /**
     * The memory library's own log level, should slf4j-simple be the provider: it greets at INFO, and at ERROR recommends JVM
     * flags that a worker has no use for. Neither belongs into a daemon's log.
     */
    private static final String LIBRARY_LOG_LEVEL = "org.slf4j.simpleLogger.log.net.openhft";

    private WorkerMain() {}

    /** See the class. */
    public static void main(String[] args) {
        if (System.getProperty(LIBRARY_LOG_LEVEL) == null) {
            System.setProperty(LIBRARY_LOG_LEVEL, "off");
        }
        int exitCode = run(args);
        System.out.flush();
        System.err.flush();
        if (StopHook.exitWasCalled()) {
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
        Optional<ReleaseLine> release;
        try (InputStream hold = new FileInputStream(FileDescriptor.in)) {
            release = ReleaseLine.await(hold);
        } catch (IOException | IllegalArgumentException e) {
            log.log("not released: " + e.getMessage(), null);
            return ExitCode.NOT_RELEASED;
        }
        if (release.isEmpty()) {
            return ExitCode.NOT_RELEASED;
        }
        return OwnedWorker.run(arguments, release.get(), log);
    }
}
