package io.coppice.state;

import io.coppice.state.ConsistentCopy.Range;
import java.util.List;

/** A reader's private copy of the undo entries that count, and what they do to copies of the arena. Trusts nothing. */
final class UndoLogCopy {
    private final SegmentGeometry geometry;
    private final byte[] log;

    private UndoLogCopy(SegmentGeometry geometry, byte[] log) {
        this.geometry = geometry;
        this.log = log;
    }

    /** Copies the entries with that stamp; only whoever finds commit and rollback unchanged afterwards has them of one piece. */
    static UndoLogCopy of(Memory memory, SegmentGeometry geometry, long stamp) {
        byte[] log = new byte[(int) validLength(memory, geometry, stamp)];
        memory.getBytes(geometry.undoOffset(), log, 0, log.length);
        return new UndoLogCopy(geometry, log);
    }

    /** Whether the segment still has the same entries with that stamp, if it was neither committed nor rolled back. */
    boolean isStill(Memory memory, long stamp) {
        return validLength(memory, geometry, stamp) == log.length;
    }

    /** Bytes of the log that count, by stamps read one after the other. */
    private static long validLength(Memory memory, SegmentGeometry geometry, long stamp) {
        long position = 0;
        while (position + UndoLayout.ONE_WORD_ENTRY <= geometry.undoLength()
                && memory.getLongAcquire(geometry.undoOffset() + position) == stamp) {
            long packed = memory.getLong(geometry.undoOffset() + position + UndoLayout.PACKED_OFFSET);
            long next = position + UndoLayout.WORDS_OFFSET + ((long) UndoLayout.lengthWords(packed) << 3);
            if (next > geometry.undoLength()) {
                break;
            }
            position = next;
        }
        return position;
    }

    /**
     * Puts back what the entries saved, newest first.
     *
     * @param ranges copies, in ascending order of offset
     * @throws SegmentDamagedException if an entry cannot be
     */
    void undo(List<Range> ranges) {
        int newest = 0;
        int previousLength = 0;
        int position = 0;
        while (position < log.length) {
            if (position > log.length - UndoLayout.WORDS_OFFSET) {
                throw new SegmentDamagedException(
                        "Undo log entry at " + newest + " is damaged: it was longer when it was looked at before.");
            }
            long packed = NativeWords.get(log, position + UndoLayout.PACKED_OFFSET);
            String problem = UndoLog.problem(geometry, position, packed, previousLength);
            if (problem != null) {
                throw new SegmentDamagedException("Undo log entry at " + position + " is damaged: " + problem + ".");
            }
            newest = position;
            previousLength = UndoLayout.lengthWords(packed);
            position += UndoLayout.WORDS_OFFSET + (previousLength << 3);
            if (position > log.length) {
                throw new SegmentDamagedException(
                        "Undo log entry at " + newest + " is damaged: it was shorter when it was looked at before.");
            }
        }
        while (position > 0) {
            long packed = NativeWords.get(log, newest + UndoLayout.PACKED_OFFSET);
            undoEntry(packed, newest + UndoLayout.WORDS_OFFSET, ranges);
            position = newest;
            newest -= UndoLayout.WORDS_OFFSET + (UndoLayout.previousLengthWords(packed) << 3);
        }
    }

    private void undoEntry(long packed, int from, List<Range> ranges) {
        long target = UndoLayout.offsetBytes(packed);
        int length = UndoLayout.lengthWords(packed) << 3;
        for (int i = Math.max(0, lastStartingAtOrBefore(ranges, target)); i < ranges.size(); i++) {
            Range range = ranges.get(i);
            if (range.offset() >= target + length) {
                return;
            }
            range.undo(target, log, from, length);
        }
    }

    /** Index in ranges sorted by offset, -1 if all start later. */
    static int lastStartingAtOrBefore(List<Range> ranges, long offset) {
        int low = 0;
        int high = ranges.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (ranges.get(middle).offset() <= offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }
}
