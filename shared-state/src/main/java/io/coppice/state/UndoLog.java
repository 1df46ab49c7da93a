package io.coppice.state;

import org.jspecify.annotations.Nullable;

/**
 * Reads an undo log and puts the old words back. Used by the owner's rollback and recovery on the segment itself; readers
 * do the same on a private copy ({@link ConsistentCopy}).
 */
final class UndoLog {
    private final Memory memory;
    private final SegmentGeometry geometry;
    private int entries;
    private long words;

    UndoLog(Memory memory, SegmentGeometry geometry) {
        this.memory = memory;
        this.geometry = geometry;
    }

    /** Entries that the last {@link #undo} applied. */
    int undoneEntries() {
        return entries;
    }

    /** Words that the last {@link #undo} put back. */
    long undoneWords() {
        return words;
    }

    /**
     * Puts back, newest first, what the valid entries saved. Plain stores only; doing it again, or again after having been
     * interrupted anywhere, gives the same arena, because the log itself is only read.
     *
     * @throws SegmentDamagedException if a valid stamp stands before an entry that cannot be; nothing was changed
     */
    void undo(long stamp) {
        long newest = -1;
        long position = 0;
        int previousLength = 0;
        entries = 0;
        while (isValid(position, stamp)) {
            long at = geometry.undoOffset() + position;
            long packed = memory.getLong(at + UndoLayout.PACKED_OFFSET);
            checkEntry(position, packed, previousLength);
            newest = position;
            previousLength = UndoLayout.lengthWords(packed);
            position += UndoLayout.WORDS_OFFSET + ((long) previousLength << 3);
            entries++;
        }
        words = 0;
        for (int left = entries; left > 0; left--) {
            long at = geometry.undoOffset() + newest;
            long packed = memory.getLong(at + UndoLayout.PACKED_OFFSET);
            int length = UndoLayout.lengthWords(packed);
            long target = UndoLayout.offsetBytes(packed);
            for (int i = 0; i < length; i++) {
                long bytes = (long) i << 3;
                memory.putLong(target + bytes, memory.getLong(at + UndoLayout.WORDS_OFFSET + bytes));
            }
            words += length;
            newest -= UndoLayout.WORDS_OFFSET + ((long) UndoLayout.previousLengthWords(packed) << 3);
        }
    }

    private boolean isValid(long position, long stamp) {
        return position + UndoLayout.ONE_WORD_ENTRY <= geometry.undoLength()
                && memory.getLongAcquire(geometry.undoOffset() + position) == stamp;
    }

    private void checkEntry(long position, long packed, int previousLength) {
        String problem = problem(geometry, position, packed, previousLength);
        if (problem != null) {
            throw new SegmentDamagedException("Undo log entry at " + position + " is damaged: " + problem
                    + ". The last commit cannot be restored; remove the segment while its owner is down.");
        }
    }

    /** Why an entry with a valid stamp cannot be, or null. Shared with readers, who trust nothing. */
    static @Nullable String problem(SegmentGeometry geometry, long position, long packed, int previousLength) {
        int length = UndoLayout.lengthWords(packed);
        long target = UndoLayout.offsetBytes(packed);
        long end = position + UndoLayout.WORDS_OFFSET + ((long) length << 3);
        if (length == 0 || end > geometry.undoLength()) {
            return "length " + length + " words";
        }
        if (target < geometry.arenaOffset()
                || target + ((long) length << 3) > geometry.arenaOffset() + geometry.arenaLength()) {
            return length + " words at offset " + target + " are outside the arena";
        }
        if (UndoLayout.previousLengthWords(packed) != previousLength) {
            return "previous length " + UndoLayout.previousLengthWords(packed) + ", expected " + previousLength;
        }
        return null;
    }
}
