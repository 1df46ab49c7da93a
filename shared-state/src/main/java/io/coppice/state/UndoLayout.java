package io.coppice.state;

/**
 * The undo log: entries one after the other from the start of the log, native byte order, layout version 4. Written by the
 * owner only.
 *
 * <pre>
 *  offset bytes field
 *       0     8 stamp    release, stored last: the sequence of the commit this entry belongs to
 *       8     8 packed   offsetWords 32 (high), lengthWords 16, previousLengthWords 16 (low)
 *      16   8*n words    what the n words at offsetWords (from the start of the segment) held before
 * 16+8*n      8 next     stamp of the next entry; zeroed before this entry's stamp is stored
 * </pre>
 *
 * An entry counts if its stamp is commitSequence + 1 and all entries before it count.
 */
final class UndoLayout {
    static final int STAMP_OFFSET = 0;
    static final int PACKED_OFFSET = STAMP_OFFSET + Long.BYTES;
    static final int WORDS_OFFSET = PACKED_OFFSET + Long.BYTES;
    static final int MAX_WORDS = 0xffff;

    /** What one changed word costs. */
    static final int ONE_WORD_ENTRY = WORDS_OFFSET + Long.BYTES;

    private UndoLayout() {}

    static long pack(long offsetWords, int lengthWords, int previousLengthWords) {
        return offsetWords << 32 | (long) lengthWords << 16 | previousLengthWords;
    }

    static long offsetBytes(long packed) {
        return (packed >>> 32) << 3;
    }

    static int lengthWords(long packed) {
        return (int) (packed >>> 16) & MAX_WORDS;
    }

    static int previousLengthWords(long packed) {
        return (int) packed & MAX_WORDS;
    }

    /** Bytes the undo log takes for a range of words, when none of them was logged in this commit. */
    static long entryBytes(long words) {
        return (words << 3) + WORDS_OFFSET * ((words + MAX_WORDS - 1) / MAX_WORDS);
    }
}
