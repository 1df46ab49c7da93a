package io.coppice.state;

import java.util.Optional;

/**
 * Whether a segment keeps a checksum of what its commits leave in the arena. The codes are stored in segments, as one word that
 * is its own check: each bit of one is the opposite of that of the other, so that no damage makes a segment forget its
 * checksum. It is not part of the identity, which two stores could not change together with its CRC.
 */
public enum Checksum {
    /** Damage of data is noticed where it contradicts a structure, and not otherwise. */
    NONE(~HeaderLayout.ARENA_CHECKSUM),
    /** Every damage of data is noticed, at take-over, before a checkpoint and by whoever asks. */
    ARENA(HeaderLayout.ARENA_CHECKSUM);

    private final long code;

    Checksum(long code) {
        this.code = code;
    }

    /** The code stored in segments. */
    long code() {
        return code;
    }

    /** What a word read from a segment says, empty if it is damaged. */
    static Optional<Checksum> of(long code) {
        return code == ARENA.code ? Optional.of(ARENA) : code == NONE.code ? Optional.of(NONE) : Optional.empty();
    }
}
