package io.coppice.ops.demo.thumbnails.job;

import io.coppice.state.LongField;
import io.coppice.state.RecordLayout;

/**
 * What the thumbnailer publishes with each step's commit, and how its other structures are called. Written by the daemon, read by
 * anybody.
 */
public final class ThumbnailProgress {
    /** Name of the published record. */
    public static final String RECORD = "progress";

    /** Name of the string-to-long map: from each picture's name to what became of it. */
    public static final String PICTURES = "pictures";

    /** Name of the append log: of each picture that has failed a line with the cause, the last ones. */
    public static final String PROBLEMS = "problems";

    /** In the map: it is submitted. */
    public static final long SUBMITTED = 1;

    /** In the map: its thumbnail is there. */
    public static final long DONE = 2;

    /** In the map: there will be none. */
    public static final long FAILED = 3;

    private static final RecordLayout.Builder FIELDS = RecordLayout.named("thumbnail-progress");

    /** Incarnation that started last. */
    public static final LongField INCARNATION = FIELDS.int64("incarnation");

    /** How often a result was taken. */
    public static final LongField RESULTS = FIELDS.int64("results");

    /** How often a failure was taken. */
    public static final LongField FAILURES = FIELDS.int64("failures");

    /** Transactions that an incarnation found, and took up, which another one had submitted. */
    public static final LongField FOUND = FIELDS.int64("found");

    /** The layout of the record. */
    public static final RecordLayout LAYOUT = FIELDS.build();

    private ThumbnailProgress() {}
}
