package io.coppice.ops.cli;

/** Ends a command with a message for its user, already in words: what happened, where, what to do. No stack trace is shown. */
public final class CommandFailedException extends RuntimeException {
    private final int exitCode;

    /** @param exitCode one of {@link ExitCode} */
    public CommandFailedException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** The status of the process. */
    public int exitCode() {
        return exitCode;
    }
}
