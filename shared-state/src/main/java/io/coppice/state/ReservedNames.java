package io.coppice.state;

/**
 * Names of structures that belong to the worker's runtime, beside those that user code asks its {@link State} for. That
 * refuses them; {@link OwnedSegment} makes the structures, and user code never has one. Everybody may read them.
 */
public final class ReservedNames {
    /** What all of them begin with, and no name of a user's. */
    public static final String PREFIX = "coppice.";

    /** {@link Requests}, in the segment of a daemon with transactions. */
    public static final String TRANSACTIONS = PREFIX + "transactions";

    /** An append log, in the segment of a slot: the bytes of the result, one piece after the other. */
    public static final String RESULT = PREFIX + "result";

    private ReservedNames() {}

    /** @throws IllegalArgumentException if a user must not ask for a structure of that name */
    static String requireFree(String name) {
        if (name.startsWith(PREFIX)) {
            throw new IllegalArgumentException(
                    "Structure \"" + name + "\": names that begin with " + PREFIX
                            + " belong to Coppice, which keeps what it needs beside what the daemon keeps. Choose another one.");
        }
        return name;
    }
}
