package io.coppice.worker.runtime;

/**
 * What a transaction's standby does before it is parked, and what a process does that is to train an archive:
 *
 * <ol>
 *   <li>opens the whole class path: which task it will run nobody knows yet, so no class of a task's is loaded, but its jar is found
 *       then without every jar before it being opened first, which takes milliseconds,
 *   <li>{@link ScratchTransaction}: lives the life of a transaction's process again and again, with a task of its own.
 * </ol>
 *
 * <p>If it fails, that is said in one line of the log: a standby that is less warm is still a standby. Main thread.
 */
final class TransactionWarmUp implements Runnable {
    /** No jar has it, so that all are looked through. */
    private static final String NOWHERE = "io/coppice/worker/runtime/no-such-task";

    private final TransactionArguments arguments;
    private final WorkerLog log;

    TransactionWarmUp(TransactionArguments arguments, WorkerLog log) {
        this.arguments = arguments;
        this.log = log;
    }

    @Override
    public void run() {
        if (ClassLoader.getSystemResource(NOWHERE) != null) {
            log.log("warm-up: a jar of the class path has " + NOWHERE + ", and those behind it are not opened", null);
        }
        try (ScratchDirectory scratch = ScratchDirectory.make()) {
            new ScratchTransaction(arguments, scratch).run();
        } catch (Throwable thrown) {
            log.log("warm-up: the run on scratch memory is left out: " + LastWords.firstLine(thrown), null);
        }
    }
}
