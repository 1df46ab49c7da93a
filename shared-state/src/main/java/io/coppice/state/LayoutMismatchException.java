package io.coppice.state;

/**
 * A structure of that name exists with another type, layout or capacity. Nothing was changed. One that its owner meets in a
 * daemon's start is answered as the manifest key {@code evolve} says.
 */
public final class LayoutMismatchException extends StateException {
    private static final String OWNERS_REMEDY =
            "Use what it was created with, or say with the manifest key `evolve` what a"
                    + " start that asks for something else does: `refuse` (the default), `zero` (start empty) or `migrate` (call"
                    + " migrate()); the old contents are set aside.";

    private static final String READERS_REMEDY = "Use what its owner created it with.";

    private final String difference;
    private final boolean owners;

    private LayoutMismatchException(String difference, String remedy, boolean owners) {
        super(difference + " " + remedy);
        this.difference = difference;
        this.owners = owners;
    }

    /** For the owner of the segment. */
    static LayoutMismatchException ofOwner(String difference) {
        return new LayoutMismatchException(difference, OWNERS_REMEDY, true);
    }

    /** For who reads a segment, or a copy of one. */
    static LayoutMismatchException ofReader(String difference) {
        return new LayoutMismatchException(difference, READERS_REMEDY, false);
    }

    /** What differs, without what to do about it. */
    public String difference() {
        return difference;
    }

    /** Whether the owner of the segment met it in its own state; false for a view, such as one of a peer's. */
    public boolean isOwners() {
        return owners;
    }
}
