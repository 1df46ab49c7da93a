package io.coppice.state.testing;

/** Thrown by {@link RecordingMemory} in place of the store at which a test lets the writer die. */
public final class CrashError extends Error {
    private static final long serialVersionUID = 1;

    CrashError() {
        super("the writer dies here", null, false, false);
    }
}
