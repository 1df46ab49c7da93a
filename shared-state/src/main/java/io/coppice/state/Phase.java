package io.coppice.state;

import java.util.Optional;

/** What the owner of a segment says it is doing. The codes are stored in segments: never reuse one. */
public enum Phase {
    /** Never owned. */
    EMPTY(0),
    /** Taken over: the uncommitted is being rolled back, or user code's recover decides what to start from. */
    RECOVERING(1),
    /** User code's start is running. */
    STARTING(2),
    /** Steps are running. */
    READY(3),
    /** Asked to stop; user code's stop is running. */
    STOPPING(4),
    /** Said it is done and will not run again. */
    COMPLETED(5),
    /** An exception ends it; the last words are set. */
    FAILING(6),
    /** User code's migrate is running, within its start. */
    MIGRATING(7);

    private final int code;

    Phase(int code) {
        this.code = code;
    }

    /** The code stored in segments. */
    public int code() {
        return code;
    }

    /** The phase of a code read from a segment, empty for a code this release does not know. */
    public static Optional<Phase> of(int code) {
        for (Phase phase : values()) {
            if (phase.code == code) {
                return Optional.of(phase);
            }
        }
        return Optional.empty();
    }
}
