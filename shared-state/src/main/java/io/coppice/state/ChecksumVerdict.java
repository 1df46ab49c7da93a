package io.coppice.state;

/** Answer to {@link ReadOnlySegment#checksum()}. */
public enum ChecksumVerdict {
    /** The segment keeps none. */
    NONE,
    /** The arena is what the last commit left. */
    RIGHT,
    /** The arena, the checksum of its last commit, or the word that says whether there is one, was damaged. */
    WRONG,
    /** The owner changed the arena faster than it could be read, every time, or is replacing the contents by older ones. */
    BUSY
}
