package io.coppice.state.root;

import java.util.Locale;
import java.util.Optional;

/** Where a standby is in its life, as stored. */
public enum StandbyPhase {
    /** Being launched. */
    SPAWNING(1),
    /** Boots and warms up. */
    BOOTING(2),
    /** Waits to be assigned. */
    PARKED(3),
    /** Was sent KILL. */
    ENDING(4);

    private final int code;

    StandbyPhase(int code) {
        this.code = code;
    }

    /** The code stored in the root's segment. */
    public int code() {
        return code;
    }

    /** The lower-case name that people read. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The constant of a code read from a segment, empty for a code this release does not know. */
    public static Optional<StandbyPhase> of(long code) {
        for (StandbyPhase value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
