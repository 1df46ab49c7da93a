package io.coppice.state.root;

import java.util.Locale;
import java.util.Optional;

/** What a child is. */
public enum ChildKind {
    /** A worker with a segment. */
    DAEMON(1),
    /** Any program, without a segment. */
    COMMAND(2),
    /** What only serves the others, without a segment and in no group. */
    AUXILIARY(3),
    /** A slot of a daemon's transactions: a worker with a segment, down as long as no request stands, in no group. */
    TRANSACTION(4);

    private final int code;
    private final String word;

    ChildKind(int code) {
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
    public static Optional<ChildKind> of(long code) {
        for (ChildKind value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
