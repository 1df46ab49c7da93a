package io.coppice.state;

/** Where contents go that a step back abandons, and where they come from again. Owner's thread; may block on files. */
interface Aside {
    /**
     * Keeps a copy of the segment as it is now.
     *
     * @param inUse timeline of kept contents that must not make room for it, 0 none
     * @throws SegmentException if that is not possible, for want of space for instance; nothing changed then
     */
    Abandoned keep(long timeline, long commitSequence, long inUse) throws SegmentException;

    /**
     * Forgets kept contents, because they are the segment's again. Leaves them if that is not possible.
     */
    void discard(long timeline, long commitSequence);

    /**
     * Opens kept contents.
     *
     * @throws SegmentException if they are not there or no valid segment
     */
    ReadOnlySegment open(long timeline, long commitSequence) throws SegmentException;
}
