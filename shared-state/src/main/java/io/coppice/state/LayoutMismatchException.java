package io.coppice.state;

/**
 * A structure of that name exists with another type, layout or capacity. Nothing was changed. One that leaves a daemon's
 * start is answered as the manifest key {@code evolve} says.
 */
public final class LayoutMismatchException extends StateException {
    /** What the owner of a segment can do. */
    static final String OWNERS_REMEDY =
            "Use what it was created with, or say with the manifest key `evolve` what a start"
                    + " that asks for something else does: `refuse` (the default), `zero` (start empty) or `migrate` (call"
                    + " migrate()); the old contents are set aside.";

    /** What a reader of a segment can do. */
    static final String READERS_REMEDY = "Use what its owner created it with.";

    private final String difference;

    LayoutMismatchException(String difference, String remedy) {
        super(difference + " " + remedy);
        this.difference = difference;
    }

    /** What differs, without what to do about it. */
    public String difference() {
        return difference;
    }
}
