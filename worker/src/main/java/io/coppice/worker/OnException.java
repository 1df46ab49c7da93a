package io.coppice.worker;

/** What a daemon wants after an exception left its step and the state was rolled back to the last commit. */
public enum OnException {
    /**
     * Go on stepping in this process. When steps keep failing, the worker logs the first trace and then counts, and
     * pauses between them: 1 ms, doubled up to 1 s.
     */
    CONTINUE,
    /** End this process with the exception as its last words (exit code 70); the root starts a successor. */
    RESTART,
    /** End this process (exit code 78) and do not restart it: a successor would fail in the same way. */
    FAIL
}
