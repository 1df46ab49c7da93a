package io.coppice.state;

/** A structure, or the segment, is full. Nothing was changed; the state stays usable. */
public final class CapacityExceededException extends StateException {
    /** The key by which a segment gets larger: nobody here knows whether it is a daemon's or that of a slot for its tasks. */
    static final String STATE = "the manifest key `state` (of a task: `transactions: {state}`)";

    /** The end of a message that asks to raise something for a larger structure. */
    static final String STATE_FOR_LAYOUT = STATE
            + " if it does not fit (that is another layout: `evolve: migrate` makes it of what a daemon has, and a task begins anew).";

    /** @param message what is full, with its capacity and the manifest key that raises it */
    public CapacityExceededException(String message) {
        super(message);
    }
}
