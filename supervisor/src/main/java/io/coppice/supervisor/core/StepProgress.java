package io.coppice.supervisor.core;

/** How far an incarnation came with its segment, as the shell read it there after its death. */
public enum StepProgress {
    /** Of a transaction: the result of what it was launched for is committed. */
    DONE,
    /** A step of it committed; or the segment holds no commit at all, so that no contents can be to blame. */
    MADE,
    /** It had taken over a segment with contents, and no step of it committed. */
    NONE,
    /** It never took its segment over, or the segment cannot be read, or it is a plain command. */
    UNKNOWN
}
