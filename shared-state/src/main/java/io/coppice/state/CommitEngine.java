package io.coppice.state;

import java.util.Arrays;

/**
 * Makes everything between two commits one atomic change, in place, under an undo log. Owner's thread only.
 *
 * <h2>The stores, in order, and why no crash between any two of them can tear the state</h2>
 *
 * Let C be the stored commitSequence. An undo entry counts iff its stamp is C + 1 and all entries before it count.
 *
 * <p><b>Changing a word</b> ({@link #setLong}), the first time since the last commit:
 *
 * <ol>
 *   <li>offset and old value go into the log at the current position (plain). The stamp there is not C + 1: it was zeroed
 *       by step 2 of the entry before, or, at position 0, by the last rollback, or it is of an older commit. So a crash
 *       here leaves nothing that counts, and the arena is untouched.
 *   <li>the stamp position that follows the entry is zeroed (plain), so that an entry left there by an earlier commit or
 *       by a rolled-back attempt at this same commit can never be taken for the next one.
 *   <li>the entry's stamp, C + 1, is stored (release: steps 1 and 2 cannot sink below it). From here on the entry counts.
 *       Undoing it is harmless: the arena still has the old word.
 *   <li>a release fence, so that the next step cannot rise above the stamp. The ordered store alone does not forbid that.
 *   <li>the word is changed in place (plain).
 * </ol>
 *
 * So whenever a word of the arena differs from the last commit, an entry that counts holds its old value. Entries are
 * undone newest first; if a word was logged twice (the cache of logged words forgot it), the oldest entry wins, and that
 * has the committed value. A word known to be logged since the last commit is stored without steps 1 to 4.
 *
 * <p><b>Commit</b>: the slot of the publish area is written first if a published record changed: stamp -1 (release), fence,
 * image, stamp C + 1 (release). Nobody counts a slot stamped above C. Then commitSequence becomes C + 1 (release: all of
 * the above is below). That one store is the commit: it makes every entry stamped C + 1 and thus the whole log worthless,
 * and the slot valid. A release fence follows, so that the first plain store of the next entry 0, which overwrites the
 * log's start, cannot rise above the commit.
 *
 * <p>Where a checksum of the arena is declared, its pair of the commit is stored after the slot; {@link ArenaChecksum} argues
 * about that.
 *
 * <p><b>Rollback and recovery</b> ({@link #restore}) are the same code and read everything they need from the segment:
 *
 * <ol>
 *   <li>the stamp of a result ({@link HeaderLayout}) that is above C is zeroed (release), and a fence: before anything can
 *       commit C + 1 a second time, without that result.
 *   <li>old words are put back, newest entry first (plain). The log is only read, so a crash here repeats it whole.
 *   <li>a release fence and rollbackCount rises (release; to the next odd number). A reader that saw some undone word has seen another count before
 *       or sees another one after, so it starts again.
 *   <li>entry 0's stamp is zeroed (release). Nothing counts any more; the arena is that of commit C.
 *   <li>rollbackCount rises again (release; to the next even number), then a fence: a reader that began between the two and read the log's start
 *       while the next change overwrites it would otherwise see the same pair (C, count) before and after. One increment
 *       is not enough, whichever side of step 4 it stands on.
 *   <li>publish slots stamped -1 or above C are erased, and so is what {@link Stamped} structures hold of commits above C,
 *       before anything can commit C + 1 a second time.
 * </ol>
 *
 * A crash before step 4 repeats steps 1 to 4 on the same log; one after it finds an empty log. Recovery does steps 3 to 6
 * even when the log is empty, because the crash may have been between 4 and 5.
 *
 * <p><b>Readers</b> ({@link ConsistentCopy}) read (commitSequence, rollbackCount), copy, fence, copy the entries that count,
 * fence, and compare the pair. If it is unchanged, every word that was new in the copy has its entry in the copied log, and
 * undoing the entries gives commit C, whether the owner is alive, dead, or dead in the middle.
 *
 * <p><b>Interrupted operations.</b> A StackOverflowError can strike between any two calls. What the engine remembers of the
 * log in fields is then not to be trusted, and a structure may be half changed. Both are noticed by a flag that is set for
 * the duration, and everything but {@link #restore} refuses until it is called. A commit and a restore are such operations, too:
 * without the flag, a word that was logged for the commit just stored would be changed again without being logged.
 */
final class CommitEngine {
    /** Words remembered as logged since the last commit: 8 KiB, a quarter of a small L1 cache. */
    private static final int LOGGED_SLOTS = 1024;

    private static final int LOGGED_MASK = LOGGED_SLOTS - 1;

    private static final int BEING_LOGGED = -1;

    final Memory memory;
    final SegmentGeometry geometry;
    private final String segment;
    private final Publisher publisher;
    private final UndoLog undoLog;
    private final Stamped stamped;
    private final ArenaChecksum checksum;

    /** Tags of logged words, see {@link #tag}. Emptied before the sequence's part of a tag comes round, and by a restore. */
    private final long[] logged = new long[LOGGED_SLOTS];

    private final long arenaStart;
    private final long arenaLastWord;
    private final long arenaBound;
    private final long undoOffset;
    private final long undoLength;
    private final long lastEntryStart;
    private long sequence;
    private long position;
    /** Words of the newest entry, 0 none, {@link #BEING_LOGGED} while one is written. */
    private int previousLengthWords;

    private boolean operating;
    private boolean publishPending;
    private boolean stampedPending;
    private boolean resultPending;
    private long restores;
    private int erasedSlots;

    CommitEngine(Memory memory, SegmentGeometry geometry, String segment) {
        this.memory = memory;
        this.geometry = geometry;
        this.segment = segment;
        this.publisher = new Publisher(memory, geometry);
        this.undoLog = new UndoLog(memory, geometry);
        this.checksum = new ArenaChecksum(memory, geometry);
        this.stamped = new Stamped(memory, checksum);
        this.arenaStart = geometry.arenaOffset();
        this.arenaLastWord = geometry.arenaOffset() + geometry.arenaLength() - Long.BYTES;
        this.arenaBound = WordBounds.of(geometry.arenaLength());
        this.undoOffset = geometry.undoOffset();
        this.undoLength = geometry.undoLength();
        this.lastEntryStart = undoLength - UndoLayout.ONE_WORD_ENTRY - Long.BYTES;
    }

    String segment() {
        return segment;
    }

    long sequence() {
        return sequence;
    }

    boolean dirty() {
        return position != 0
                || publishPending
                || stampedPending
                || resultPending
                || operating
                || previousLengthWords < 0;
    }

    long undoFreeBytes() {
        return Math.max(0, undoLength - Long.BYTES - position);
    }

    long getLong(long offset) {
        if (offset < 0) {
            throw stray(offset);
        }
        return memory.getLong(offset);
    }

    /** Changes one word of the arena, after logging what it held. */
    void setLong(long offset, long value) {
        if (WordBounds.isOutside(offset - arenaStart, arenaBound)) {
            throw stray(offset);
        }
        long word = offset >>> 3;
        long tag = tag(word, sequence);
        if (logged[(int) word & LOGGED_MASK] != tag) {
            log(offset, tag);
        }
        memory.putLong(offset, value);
    }

    /** Changes bytes of the arena, after logging the words they lie in. */
    void setBytes(long offset, byte[] source, int from, int length) {
        if (length == 0) {
            return;
        }
        long first = offset & -8L;
        logRange(first, ((offset + length - 1 - first) >>> 3) + 1);
        memory.putBytes(offset, source, from, length);
    }

    /** Zeroes aligned words of the arena, after logging what they held. */
    void setZero(long offset, long words) {
        logRange(offset, words);
        for (long i = 0; i < words; i++) {
            memory.putLong(offset + (i << 3), 0);
        }
    }

    /**
     * Starts an operation that changes more than one word: refuses if its entries might not fit, so that what follows
     * cannot fail half-way.
     *
     * @param base where the structure lies; negative if it was rolled back
     * @param undoBytes upper bound of what it will log
     */
    void begin(long base, long undoBytes, String structure) {
        if (operating || previousLengthWords < 0) {
            throw interrupted();
        }
        if (base < 0) {
            throw stray(base);
        }
        requireUndo(undoBytes, structure);
        operating = true;
    }

    void end() {
        operating = false;
    }

    void publishedChanged() {
        publishPending = true;
    }

    /** Something was stored that carries the sequence of the next commit: {@link #dirty} although nothing is logged. */
    void stampedChanged() {
        stampedPending = true;
    }

    /** Says that the next commit holds the result of the request: once it is stored, and not if it never is. */
    void stampResult() {
        if (operating || previousLengthWords < 0) {
            throw interrupted();
        }
        resultPending = true;
        memory.putLongRelease(HeaderLayout.RESULT_STAMP_OFFSET, sequence + 1);
    }

    /** There is no result: all stores that follow are below this one. */
    void eraseResult() {
        if (memory.getLong(HeaderLayout.RESULT_STAMP_OFFSET) != 0) {
            memory.putLongRelease(HeaderLayout.RESULT_STAMP_OFFSET, 0);
            memory.releaseFence();
        }
    }

    /** How often {@link #restore} ran here: what a structure remembers of its own memory holds while this stays the same. */
    long restores() {
        return restores;
    }

    /** Where published records lie; told by the directory. */
    Publisher publisher() {
        return publisher;
    }

    /** Structures with words that carry their commit's sequence; told by the directory. */
    Stamped stamped() {
        return stamped;
    }

    /** The arena's checksum, if there is one. */
    ArenaChecksum checksum() {
        return checksum;
    }

    /** At take-over: what an image shows that was damaged is seen by nobody any more. */
    void eraseWrongImages() {
        publisher.eraseWrong();
        memory.releaseFence();
    }

    /** After a step back nothing is published: the next commit makes up for it, also that of a successor. */
    void publishAgain() {
        publishPending |= publisher.lacksImage();
    }

    /** At take-over, once the directory has told what is stamped: before it, {@link #restore} could not know. */
    void eraseStamped() {
        stamped.eraseAbove(sequence);
        memory.releaseFence();
    }

    void commit() {
        if (operating || previousLengthWords < 0) {
            throw interrupted();
        }
        if (publishPending || checksum.isOn()) {
            // Stays set if this is interrupted: a slot may then be stamped, and only restore() erases it.
            operating = true;
            if (publishPending) {
                publisher.publish(sequence + 1);
            }
            if (checksum.isOn()) {
                checksum.advance(sequence + 1, undoOffset, position, stampedPending);
            }
            store();
            publishPending = false;
            operating = false;
        } else {
            store();
        }
    }

    /** Tells the ranges logged since the last commit, oldest first. */
    void forEachChange(ChangeVisitor visitor) {
        if (operating || previousLengthWords < 0) {
            throw interrupted();
        }
        long at = undoOffset;
        long end = undoOffset + position;
        while (at < end) {
            long packed = memory.getLong(at + UndoLayout.PACKED_OFFSET);
            long length = (long) UndoLayout.lengthWords(packed) << 3;
            visitor.changed(UndoLayout.offsetBytes(packed), length);
            at += UndoLayout.WORDS_OFFSET + length;
        }
        stamped.forEachChange(visitor, sequence);
    }

    /**
     * The fields say, before the commit is stored, that nothing is logged for the one after it, nor can be: whichever of the
     * stores below an error comes after, no change of a word gets past {@link #log} until {@link #restore} has read what counts.
     */
    private void store() {
        long committed = sequence + 1;
        if ((int) committed == 0) {
            Arrays.fill(logged, 0);
        }
        previousLengthWords = BEING_LOGGED;
        sequence = committed;
        memory.putLongRelease(HeaderLayout.COMMIT_SEQUENCE_OFFSET, committed);
        memory.releaseFence();
        startAfresh();
    }

    /** Rolls back to the last commit and makes the engine usable, whatever was interrupted. Idempotent at each store. */
    void restore() {
        operating = true;
        previousLengthWords = BEING_LOGGED;
        restores++;
        // The sequence may be the same afterwards, and nothing is logged then.
        Arrays.fill(logged, 0);
        long committed = memory.getLongAcquire(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
        if (memory.getLong(HeaderLayout.RESULT_STAMP_OFFSET) > committed) {
            eraseResult();
        }
        undoLog.undo(committed + 1);
        memory.releaseFence();
        beginCount();
        memory.putLongRelease(undoOffset, 0);
        endCount();
        memory.releaseFence();
        erasedSlots = publisher.eraseAbove(committed);
        stamped.eraseAbove(committed);
        memory.releaseFence();
        checksum.restored(committed);
        sequence = committed;
        startAfresh();
        publishPending = false;
        operating = false;
    }

    /** What the last {@link #restore} did. */
    Recovery restored() {
        return new Recovery(sequence, undoLog.undoneEntries(), undoLog.undoneWords(), erasedSlots);
    }

    /** Refuses everything until {@link #restore}: what the arena holds is being replaced. */
    void suspend() {
        operating = true;
        publisher.clear();
        stamped.clear();
    }

    /** Before what was committed last is restored, or replaced: the count becomes odd, and another one in any case. */
    void beginCount() {
        memory.putLongRelease(HeaderLayout.ROLLBACK_COUNT_OFFSET, (rollbackCount() + 1) | 1);
    }

    /** After it: the count becomes even, and another one, also if a crash left it even. */
    void endCount() {
        memory.putLongRelease(HeaderLayout.ROLLBACK_COUNT_OFFSET, (rollbackCount() | 1) + 1);
    }

    private long rollbackCount() {
        return memory.getLong(HeaderLayout.ROLLBACK_COUNT_OFFSET);
    }

    private void startAfresh() {
        position = 0;
        stampedPending = false;
        resultPending = false;
        previousLengthWords = 0;
    }

    /**
     * What tells that a word was logged since commit {@code committed}: the word (segments have less than 2^32 of them) and
     * the sequence's lower half. Never 0, as word 0 is not in the arena.
     */
    private static long tag(long word, long committed) {
        return (word << 32) | (committed & 0xffff_ffffL);
    }

    private void log(long offset, long tag) {
        int previous = previousLengthWords;
        if (previous < 0) {
            throw interrupted();
        }
        long start = position;
        if (start > lastEntryStart) {
            throw undoFull(UndoLayout.ONE_WORD_ENTRY, "a one-word change");
        }
        previousLengthWords = BEING_LOGGED;
        long at = undoOffset + start;
        Memory segmentWords = memory;
        segmentWords.putLongs(
                at + UndoLayout.PACKED_OFFSET,
                UndoLayout.pack(offset >>> 3, 1, previous),
                segmentWords.getLong(offset),
                0);
        segmentWords.putLongRelease(at, sequence + 1);
        segmentWords.releaseFence();
        position = start + UndoLayout.ONE_WORD_ENTRY;
        logged[(int) (tag >>> 32) & LOGGED_MASK] = tag;
        previousLengthWords = 1;
    }

    /** Logs a range of aligned words about to be overwritten by stores of the caller's. */
    void logRange(long offset, long words) {
        if (offset < arenaStart || words <= 0 || offset + ((words - 1) << 3) > arenaLastWord || (offset & 7) != 0) {
            throw stray(offset);
        }
        if (words <= LOGGED_SLOTS && allLogged(offset >>> 3, (int) words)) {
            return;
        }
        int previous = previousLengthWords;
        if (previous < 0) {
            throw interrupted();
        }
        requireUndo(UndoLayout.entryBytes(words), "a change of several words");
        previousLengthWords = BEING_LOGGED;
        long at = offset;
        long left = words;
        while (left > 0) {
            int length = (int) Math.min(left, UndoLayout.MAX_WORDS);
            logEntry(at, length, previous);
            previous = length;
            at += (long) length << 3;
            left -= length;
        }
        if (words <= LOGGED_SLOTS) {
            remember(offset >>> 3, (int) words);
        }
        previousLengthWords = previous;
    }

    private void logEntry(long offset, int words, int previous) {
        long at = undoOffset + position;
        memory.putLong(at + UndoLayout.PACKED_OFFSET, UndoLayout.pack(offset >>> 3, words, previous));
        for (int i = 0; i < words; i++) {
            long bytes = (long) i << 3;
            memory.putLong(at + UndoLayout.WORDS_OFFSET + bytes, memory.getLong(offset + bytes));
        }
        long size = UndoLayout.WORDS_OFFSET + ((long) words << 3);
        memory.putLong(at + size, 0);
        memory.putLongRelease(at, sequence + 1);
        memory.releaseFence();
        position += size;
    }

    private boolean allLogged(long firstWord, int words) {
        for (int i = 0; i < words; i++) {
            long word = firstWord + i;
            if (logged[(int) word & LOGGED_MASK] != tag(word, sequence)) {
                return false;
            }
        }
        return true;
    }

    private void remember(long firstWord, int words) {
        for (int i = 0; i < words; i++) {
            long word = firstWord + i;
            logged[(int) word & LOGGED_MASK] = tag(word, sequence);
        }
    }

    private void requireUndo(long undoBytes, String what) {
        if (position + undoBytes + Long.BYTES > undoLength) {
            throw undoFull(undoBytes, what);
        }
    }

    private UndoLogFullException undoFull(long undoBytes, String what) {
        return new UndoLogFullException(
                "Undo log of segment " + segment + " is full: " + what + " may need " + undoBytes
                        + " bytes, " + undoFreeBytes() + " of " + undoLength
                        + " are free since the last commit. Nothing of it was"
                        + " stored. Commit more often, or raise " + CapacityExceededException.STATE
                        + ", of which the log is one eighth, 16KiB to 8MiB, and `coppice reload`.");
    }

    private IllegalStateException interrupted() {
        return new IllegalStateException("An operation on segment " + segment
                + " was interrupted by an error before it finished. Call rollback(), which restores the last commit.");
    }

    private RuntimeException stray(long offset) {
        if (offset >= Structure.REMOVED && offset < 0) {
            return new IllegalStateException("This record of segment " + segment
                    + " belonged to a key that was removed from its map. Ask the map for a record again.");
        }
        if (offset < 0) {
            return new IllegalStateException("This structure of segment " + segment
                    + " is no longer there: its creation was rolled back, or a step back or migration replaced the contents."
                    + " Ask the State for it again.");
        }
        return new IndexOutOfBoundsException("Stray write at offset " + offset + " of segment " + segment
                + ": expected an aligned word of the arena, " + arenaStart + " to " + arenaLastWord + ".");
    }
}
