package io.coppice.ops.demo;

/** The demo cannot go on; the message says why, in words for its user. */
final class DemoFailedException extends Exception {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    DemoFailedException(String message) {
        this(message, 1);
    }

    DemoFailedException(String message, int exitCode) {
        super(message);
        this.exitCode = exitCode;
    }

    /** Exit code of the command. */
    int exitCode() {
        return exitCode;
    }
}
