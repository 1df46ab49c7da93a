package io.coppice.state;

/** A segment file cannot be created or opened; the message names the file, what was found and what to do. */
public sealed class SegmentException extends Exception permits SegmentLockedException, SegmentRefusedException {
    SegmentException(String message) {
        super(message);
    }

    SegmentException(String message, Throwable cause) {
        super(message, cause);
    }
}
