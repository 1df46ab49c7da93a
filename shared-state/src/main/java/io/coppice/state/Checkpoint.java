package io.coppice.state;

/**
 * A copy that a segment keeps of its contents as of one commit, behind the arena.
 *
 * @param area where it lies: 0 to one less than the segment's number of checkpoints
 * @param number 1 for the segment's first checkpoint, one more for each; the highest is the newest
 * @param timeline of the commit
 * @param commitSequence the commit whose contents it is
 * @param dataBytes copied
 * @param createdEpochMs when, milliseconds since 1970 by the owner's clock
 */
public record Checkpoint(
        int area, long number, long timeline, long commitSequence, long dataBytes, long createdEpochMs) {}
