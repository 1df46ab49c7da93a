package io.coppice.state.root;

import java.util.Locale;
import java.util.Optional;

/** Observed state of a child. */
public enum ChildStateCode {
    /** Spawned, waiting for its release. */
    HELD(1),
    /** Released; not ready yet. */
    STARTING(2),
    /** At work. */
    READY(3),
    /** Asked to end. */
    STOPPING(4),
    /** Dead; to be started again. */
    BACKOFF(5),
    /** Dead because an operator, or the end of the instance, wanted it. */
    STOPPED(6),
    /** Dead and given up. */
    FAILED(7),
    /** Said it is done. */
    COMPLETED(8);

    private final int code;
    private final String word;

    ChildStateCode(int code) {
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
    public static Optional<ChildStateCode> of(long code) {
        for (ChildStateCode value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
