package io.coppice.state.root;

import java.util.Locale;
import java.util.Optional;

/** What an operator wants of a child. */
public enum WantedCode {
    /** It should run. */
    UP(1),
    /** It should not run. */
    DOWN(2);

    private final int code;
    private final String word;

    WantedCode(int code) {
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
    public static Optional<WantedCode> of(long code) {
        for (WantedCode value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
