package io.coppice.state;

/** Receives the ranges of a segment that a commit is about to make permanent; see {@link State#forEachChange}. */
@FunctionalInterface
public interface ChangeVisitor {
    /**
     * One range.
     *
     * @param offsetBytes from the start of the segment, a multiple of 8
     * @param lengthBytes more than 0, a multiple of 8
     */
    void changed(long offsetBytes, long lengthBytes);
}
