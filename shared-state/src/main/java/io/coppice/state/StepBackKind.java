package io.coppice.state;

import java.util.Optional;

/** Where a step back beyond the last commit leads. The codes are stored in segments: never reuse one. */
public enum StepBackKind {
    /** To an empty state. */
    EMPTY(1),
    /** To a checkpoint of the segment. */
    CHECKPOINT(2),
    /** To contents that an earlier step back abandoned and kept in a file. */
    ABANDONED(3),
    /** To what the user's migration makes of the contents that were set aside for it. */
    MIGRATION(4);

    private final int code;

    StepBackKind(int code) {
        this.code = code;
    }

    /** The code stored in segments. */
    public int code() {
        return code;
    }

    /** The kind of a code read from a segment, empty for a code this release does not know. */
    public static Optional<StepBackKind> of(int code) {
        for (StepBackKind kind : values()) {
            if (kind.code == code) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
