package io.coppice.worker.runtime;

/** What a worker's exit codes mean to the root. Each is part of the contract between the two processes. */
final class ExitCode {
    /** Completed: the daemon said that all its work is done, or the task's result is committed. */
    static final int DONE = 0;

    /**
     * Stopped in order by a signal, SIGTERM as a rule, with work left: what a JVM without a say in it exits with. Not 0, so
     * that a SIGTERM which the root did not send is no completion.
     */
    static final int STOPPED = 143;

    /** Called with arguments it does not understand: not started by a root of this release. */
    static final int USAGE = 64;

    /** An exception left the daemon, or the task; its last words are in the segment. */
    static final int EXCEPTION = 70;

    /** The segment is missing, of another layout, of wrong length, or its header is damaged; it was left as it is. */
    static final int SEGMENT_REFUSED = 71;

    /** Another process holds the owner lock of the segment. */
    static final int SEGMENT_LOCKED = 72;

    /** The class named by the manifest's {@code main}, or the one of the task that was submitted, cannot be used. */
    static final int MAIN_CLASS_UNUSABLE = 73;

    /**
     * What the segment holds is damaged: not what its last commit left, or not of its layout. It was left as it is. Unlike a
     * segment that is refused it counts as a death by these contents, so that a fall-back that was declared comes.
     */
    static final int CONTENTS_DAMAGED = 74;

    /**
     * There are no contents to go on with, and that is not the doing of those that the segment holds: the daemon asks for
     * another layout and the manifest refuses it, its migrate or recover threw, or what had to be set aside could not be. The
     * contents are as they were. So it does not count as a death by them, and leads to no fall-back.
     */
    static final int CONTENTS_NOT_MADE = 75;

    /**
     * What a transaction is to do is not in the daemon's segment, or that cannot be read: the daemon has removed the request meanwhile, or
     * its segment was emptied. Nothing was run.
     */
    static final int REQUEST_NOT_FOUND = 76;

    /**
     * A successor would fail in the same way: so the daemon says ({@code OnException.FAIL}), or the task ({@code TaskFailedException}), or the
     * task's result is larger than its slot's segment.
     */
    static final int FAIL = 78;

    /** The root closed the pipe on standard input without releasing this process, or died. */
    static final int NOT_RELEASED = 125;

    private ExitCode() {}
}
