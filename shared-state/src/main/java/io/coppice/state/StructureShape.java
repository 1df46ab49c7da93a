package io.coppice.state;

import org.jspecify.annotations.Nullable;

/**
 * What one type of structure says of its own blocks in the arena: which parameters can be, how long the data then is, and
 * how to read a copy of it. One object per type, without state; any thread.
 *
 * <p>Everything that reads a segment goes through here, so nothing is trusted: {@link #problem} is asked before any other
 * method sees a description, and {@link #view} checks the data itself.
 */
abstract class StructureShape {
    /** Whether blocks of this type describe the fields of a record, whose size is then {@code recordBytes}. */
    boolean hasFields() {
        return false;
    }

    /** Whether the data holds words that carry the sequence of their commit instead of being undone; see {@link Stamped}. */
    boolean isStamped() {
        return false;
    }

    /**
     * Why a block with this description cannot be, or null. Fields, names and publishing have been checked; parameters and
     * the length of the data have not.
     */
    abstract @Nullable String problem(StructureInfo info);

    /** The type and its sizes in words, for messages: {@code a table of 5 rows}. */
    abstract String describe(StructureInfo info);

    /**
     * A view of a private copy of the data as of a commit.
     *
     * @throws SegmentDamagedException if the data contradicts itself or the description
     */
    abstract Object view(StructureInfo info, byte[] data, long commitSequence);

    /** How many of its elements hold something, of {@code info.capacity()}; of data that {@link #view} has accepted. */
    abstract long used(StructureInfo info, byte[] data, long commitSequence);

    /** Bytes of the data, from its start, that {@link #view} needs: less than all of it if the rest is not for views. */
    long viewedBytes(StructureInfo info) {
        return info.lengthBytes();
    }

    /** A range of the segment, in bytes. */
    @FunctionalInterface
    interface RangeVisitor {
        void range(long offset, long length);
    }

    /**
     * Tells the ranges of the data, whole words in ascending order, that are stored without the undo log: all that carries the
     * sequence of its commit, and all that counts by it.
     */
    void forEachStampedRange(StructureInfo info, RangeVisitor visitor) {
        // None.
    }

    /** Where the data's place lies, {@link PlaceLayout}; -1 if it has none. Part of what is stamped. */
    long placeOffset(StructureInfo info) {
        return -1;
    }

    /** Tells the ranges of the owner's memory that are stamped above a commit. Only called if {@link #isStamped}. */
    void forEachChange(Memory memory, StructureInfo info, long committed, ChangeVisitor visitor) {
        throw new IllegalStateException(info.type() + " has nothing stamped");
    }

    /**
     * Forgets what is stamped above a commit, in the owner's memory, by stores that may be repeated after a crash at any of
     * them. Only called if {@link #isStamped}.
     */
    void eraseAbove(Memory memory, StructureInfo info, long committed) {
        throw new IllegalStateException(info.type() + " has nothing stamped");
    }
}
