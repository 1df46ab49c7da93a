package io.coppice.ops.cli;

/** The exit codes that scripts rely on. */
public final class ExitCode {
    /** Done as asked. */
    public static final int DONE = 0;
    /** The thing asked for failed. */
    public static final int FAILED = 1;
    /** Usage or manifest error. */
    public static final int USAGE = 2;
    /** No such instance or daemon. */
    public static final int NO_SUCH = 3;
    /** Not permitted. */
    public static final int NOT_PERMITTED = 4;

    private ExitCode() {}
}
