package io.coppice.state;

/** A structure, or the segment, is full. Nothing was changed; the state stays usable. */
public final class CapacityExceededException extends StateException {
    CapacityExceededException(String message) {
        super(message);
    }
}
