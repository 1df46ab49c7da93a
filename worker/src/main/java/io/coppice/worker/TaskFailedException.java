package io.coppice.worker;

/**
 * Thrown by a {@link Task} that will never succeed, however often it is tried: input that is no image, say. No further attempt is made,
 * and the daemon's future fails at once.
 */
public final class TaskFailedException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param message why, for people; it becomes part of {@link TransactionFailedException#reason} */
    public TaskFailedException(String message) {
        super(message);
    }

    /** The same, with what led to it. */
    public TaskFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
