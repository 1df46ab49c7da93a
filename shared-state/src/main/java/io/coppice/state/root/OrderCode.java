package io.coppice.state.root;

import java.util.Locale;
import java.util.Optional;

/** What somebody at the command line asks a daemon to do with what its transactions have in quarantine. */
public enum OrderCode {
    /** To submit it again, under its id. */
    RETRY(1),
    /** To forget it. */
    DROP(2),
    /** To submit it again as a new one, under another id, so that nothing is left of what its attempts kept. */
    RETRY_AFRESH(3);

    private final int code;
    private final String word;

    OrderCode(int code) {
        this.code = code;
        this.word = name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The code stored in the root's segment. */
    public int code() {
        return code;
    }

    /** The lower-case name that control lines and logs have. */
    public String word() {
        return word;
    }

    /** The constant of a code read from a segment, empty for a code this release does not know. */
    public static Optional<OrderCode> of(long code) {
        for (OrderCode value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
