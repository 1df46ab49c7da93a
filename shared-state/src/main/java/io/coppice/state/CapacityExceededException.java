package io.coppice.state;

/** A structure, or the segment, is full. Nothing was changed; the state stays usable. */
public final class CapacityExceededException extends StateException {
    /** What follows where a message asks for a larger structure. */
    static final String MADE_ANEW = " (that is another layout: `evolve: migrate` makes it of what is there)";

    /** @param message what is full, with its capacity and the manifest key that raises it */
    public CapacityExceededException(String message) {
        super(message);
    }
}
