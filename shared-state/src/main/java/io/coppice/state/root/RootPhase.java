package io.coppice.state.root;

import java.util.Locale;
import java.util.Optional;

/** What the root is doing. */
public enum RootPhase {
    /** Keeping children as wanted. */
    RUNNING(1),
    /** Ending all children. */
    STOPPING(2),
    /** Ended in order. */
    DONE(3);

    private final int code;
    private final String word;

    RootPhase(int code) {
        this.code = code;
        this.word = name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The code stored in the root's segment. */
    public int code() {
        return code;
    }

    /** The lower-case name that status, events and logs print. */
    public String word() {
        return word;
    }

    /** The constant of a code read from a segment, empty for a code this release does not know. */
    public static Optional<RootPhase> of(long code) {
        for (RootPhase value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
