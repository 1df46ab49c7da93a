package io.coppice.state;

/** What a segment holds contradicts its layout, or its file was truncated while it was mapped. */
public final class SegmentDamagedException extends StateException {
    SegmentDamagedException(String message) {
        super(message);
    }

    SegmentDamagedException(String message, Throwable cause) {
        super(message, cause);
    }
}
