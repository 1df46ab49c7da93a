package io.coppice.supervisor.os;

/**
 * The operating system refused something that an operator can cause and mend. The message is one line: what was wanted,
 * of which file or process, what the system said, and what to do. What had been made before the refusal has been undone.
 */
public final class OsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int errno;

    OsException(String message, int errno) {
        super(message);
        this.errno = errno;
    }

    /**
     * What happened, where, what the system said and what to do, in one line.
     *
     * @param what the call and its subject, without a full stop
     * @param advice what a person can do, one sentence without a full stop, or empty
     */
    static OsException of(String what, int errno, String advice) {
        String text = what + ": " + Errno.describe(errno);
        return new OsException(advice.isEmpty() ? text : text + ". " + advice, errno);
    }

    /** The error number as the system gave it (positive, see errno(3)), 0 if the system gave none. */
    public int errno() {
        return errno;
    }
}
