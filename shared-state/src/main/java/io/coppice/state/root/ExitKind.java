package io.coppice.state.root;

import java.util.Locale;
import java.util.Optional;

/** How a child ended. */
public enum ExitKind {
    /** By an exit code. */
    EXIT(1),
    /** By a signal. */
    SIGNAL(2),
    /** Killed because its heartbeat stopped. */
    HANG(3),
    /** By an exception; its last words say which. */
    EXCEPTION(4),
    /** Killed because it did not become ready in time. */
    START_TIMEOUT(5),
    /** It could not be started. */
    SPAWN_FAILED(6),
    /** The kernel did not say (not a child of this root). */
    UNKNOWN(7),
    /** Ended because a probe found it failing. */
    UNHEALTHY(8);

    private final int code;
    private final String word;

    ExitKind(int code) {
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
    public static Optional<ExitKind> of(long code) {
        for (ExitKind value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
