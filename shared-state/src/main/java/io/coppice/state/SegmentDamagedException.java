package io.coppice.state;

/** What a segment holds contradicts its layout, or its file was truncated while it was mapped. */
public final class SegmentDamagedException extends StateException {
    /** What helps against damage of what one daemon holds, without touching what the others hold. */
    static final String WAYS_OUT =
            "Go back to a checkpoint or to contents set aside (coppice state, coppice restore), or"
                    + " start it empty (`resume: zero` in its manifest; coppice purge and run --fresh empty every daemon of the"
                    + " instance).";

    SegmentDamagedException(String message) {
        super(message);
    }

    SegmentDamagedException(String message, Throwable cause) {
        super(message, cause);
    }
}
