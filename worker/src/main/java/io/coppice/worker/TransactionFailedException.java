package io.coppice.worker;

/**
 * Why a transaction has no result, and will have none unless somebody retries it by command: what its {@link
 * io.coppice.worker.future.Future} fails with. It is quarantined then, with its input.
 */
public final class TransactionFailedException extends Exception {
    private static final long serialVersionUID = 1;

    private final TransactionId id;
    private final String task;
    private final int attempts;
    private final String reason;

    /**
     * Of a transaction.
     *
     * @param task name of the task's class
     * @param attempts how many were made, 0 if none could be
     * @param reason how the last one ended, in words for people
     */
    public TransactionFailedException(TransactionId id, String task, int attempts, String reason) {
        super("transaction " + id + " (" + task + ") failed after " + attempts
                + (attempts == 1 ? " attempt: " : " attempts: ") + reason);
        this.id = id;
        this.task = task;
        this.attempts = attempts;
        this.reason = reason;
    }

    /** Which one. */
    public TransactionId id() {
        return id;
    }

    /** Name of the task's class. */
    public String task() {
        return task;
    }

    /** How many attempts were made. */
    public int attempts() {
        return attempts;
    }

    /**
     * How the last attempt ended, in words for people: {@code signal SEGV}, {@code out of memory …}, {@code not done within 30s; its
     * threads are in …}, the exception's class and message.
     */
    public String reason() {
        return reason;
    }
}
