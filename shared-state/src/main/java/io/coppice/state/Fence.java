package io.coppice.state;

/** What keeps a second owner out of a segment until the first can write no more. */
public enum Fence {
    /** The kernel's lock on the segment's lock file, which is free once the first one's address space is gone. */
    LOCK,

    /**
     * The same, or, earlier, the mark that the kernel makes in the first one's loop word ({@link LoopWord}) when the thread dies
     * that alone writes the segment. The lock is taken a little later then.
     */
    WORD
}
