package io.coppice.worker.runtime;

/**
 * What a transaction's standby does before it is parked, and what a process does that is to train an archive: {@link
 * ScratchTransaction}, and nothing else. Which task it will run nobody knows yet, so no class of a task's is loaded; the first attempt
 * of each process pays for that.
 *
 * <p>If it fails, that is said in one line of the log: a standby that is less warm is still a standby. Main thread.
 */
final class TransactionWarmUp implements Runnable {
    private final TransactionArguments arguments;
    private final WorkerLog log;

    TransactionWarmUp(TransactionArguments arguments, WorkerLog log) {
        this.arguments = arguments;
        this.log = log;
    }

    @Override
    public void run() {
        try (ScratchDirectory scratch = ScratchDirectory.make()) {
            new ScratchTransaction(arguments, scratch).run();
        } catch (Throwable thrown) {
            log.log("warm-up: the run on scratch memory is left out: " + LastWords.firstLine(thrown), null);
        }
    }
}
