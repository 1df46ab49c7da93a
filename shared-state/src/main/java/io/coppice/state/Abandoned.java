package io.coppice.state;

import java.nio.file.Path;

/**
 * Contents that a step back abandoned, kept as a segment of their own in its owner's directory. {@link
 * SegmentFile#openReadOnly} opens it like any other.
 *
 * @param file where they are
 * @param timeline they were the end of
 * @param commitSequence their last commit
 */
public record Abandoned(Path file, long timeline, long commitSequence) {
    /** No larger number is in a name. */
    static final long MOST_COMMITS = 999_999_999_999_999_999L;

    /** What commands call it: {@code T3-C1200}. */
    public String id() {
        return id(timeline, commitSequence);
    }

    static String id(long timeline, long commitSequence) {
        return "T" + timeline + "-C" + commitSequence;
    }
}
