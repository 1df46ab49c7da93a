package io.coppice.ops.hosted;

/** The command that hosts an instance cannot go on; the message says why, in words for its user. */
public final class HostedFailedException extends Exception {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    /** Of exit code 1. */
    public HostedFailedException(String message) {
        this(message, 1);
    }

    /** @param exitCode of the command */
    public HostedFailedException(String message, int exitCode) {
        super(message);
        this.exitCode = exitCode;
    }

    /** Exit code of the command. */
    public int exitCode() {
        return exitCode;
    }
}
