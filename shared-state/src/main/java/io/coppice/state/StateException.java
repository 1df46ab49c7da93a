package io.coppice.state;

/** What an operation on a segment's contents may refuse. Unless a subclass says otherwise, nothing was changed. */
public abstract sealed class StateException extends RuntimeException
        permits CapacityExceededException, LayoutMismatchException, SegmentDamagedException, UndoLogFullException {
    StateException(String message) {
        super(message);
    }

    StateException(String message, Throwable cause) {
        super(message, cause);
    }
}
