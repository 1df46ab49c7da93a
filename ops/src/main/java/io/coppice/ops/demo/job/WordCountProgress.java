package io.coppice.ops.demo.job;

import io.coppice.state.LongField;
import io.coppice.state.RecordLayout;

/**
 * What the word counter publishes with each step's commit: how far it is and who is at work. Written by the daemon, read by
 * anybody through {@code ReadOnlySegment.published(RECORD, LAYOUT)}.
 */
public final class WordCountProgress {
    /** Name of the published record. */
    public static final String RECORD = "progress";

    /** Name of the string-to-long map: from each word to how often it came so far. */
    public static final String COUNTS = "counts";

    private static final RecordLayout.Builder FIELDS = RecordLayout.named("word-count-progress");

    /** Length of the input in bytes, as the first incarnation found it. */
    public static final LongField INPUT_LENGTH_BYTES = FIELDS.int64("inputLengthBytes");

    /** Bytes of the input that are counted; a word cut at its end is kept aside and counted later. */
    public static final LongField POSITION_BYTES = FIELDS.int64("positionBytes");

    /** Words counted, each time it came. */
    public static final LongField WORDS = FIELDS.int64("words");

    /** Different words. */
    public static final LongField DISTINCT_WORDS = FIELDS.int64("distinctWords");

    /** Incarnation that committed last; 0 before the first step's commit. */
    public static final LongField INCARNATION = FIELDS.int64("incarnation");

    /** Steps committed by that incarnation. */
    public static final LongField INCARNATION_STEPS = FIELDS.int64("incarnationSteps");

    /** Steps committed by all incarnations. */
    public static final LongField STEPS = FIELDS.int64("steps");

    /** 1 while all but the last step is done and the gate is closed, else 0. */
    public static final LongField WAITING = FIELDS.int64("waiting");

    /** 1 once all is counted, else 0. */
    public static final LongField FINISHED = FIELDS.int64("finished");

    /** The layout of the record. */
    public static final RecordLayout LAYOUT = FIELDS.build();

    private WordCountProgress() {}
}
