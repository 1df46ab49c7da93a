package io.coppice.state;

/** A structure, or the segment, is full. Nothing was changed; the state stays usable. */
public final class CapacityExceededException extends StateException {
    /** What follows where a message asks for a larger {@code state}. */
    static final String ONLY_EMPTY =
            " (its segment must be emptied for that; README.md says how to keep what is in it)";

    /** @param message what is full, with its capacity and the manifest key that raises it */
    public CapacityExceededException(String message) {
        super(message);
    }
}
