package io.coppice.state;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a request that a daemon has submitted is. The codes are stored in segments: never reuse one. */
public enum RequestStatus {
    /** It waits for a slot. */
    QUEUED(1),
    /** A slot is to work on it, works on it, or has its result. */
    RUNNING(2),
    /** All its attempts failed; input and cause are kept. */
    QUARANTINED(3);

    private static final RequestStatus[] ALL = values();

    private final int code;
    private final String word;

    RequestStatus(int code) {
        this.code = code;
        this.word = name().toLowerCase(Locale.ROOT);
    }

    /** The code stored in segments. */
    public int code() {
        return code;
    }

    /** The lower-case name that commands print. */
    public String word() {
        return word;
    }

    /** The constant of a code read from a segment, empty for a code this release does not know. */
    public static Optional<RequestStatus> of(long code) {
        return Optional.ofNullable(known(code));
    }

    /** The same without an object; null for an unknown code. */
    static @Nullable RequestStatus known(long code) {
        for (RequestStatus status : ALL) {
            if (status.code == code) {
                return status;
            }
        }
        return null;
    }
}
