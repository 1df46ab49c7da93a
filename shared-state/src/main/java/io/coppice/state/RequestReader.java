package io.coppice.state;

import io.coppice.state.ConsistentCopy.Range;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests out of the segment of a daemon that goes on meanwhile, is dead, or died in the middle of a commit. Made by
 * {@link ReadOnlySegment#requests}. One thread per instance. The daemon's memory is trusted in nothing: whatever it holds,
 * each look ends, reads within the segment, and allocates no more than index, entry and undo log are long.
 *
 * <p>{@link ConsistentCopy} answers only if nothing was committed during the copy, which an owner that commits without pause
 * never grants. This reader needs no such moment:
 *
 * <ol>
 *   <li>it reads (commitSequence, rollbackCount), copies the index, reads commitSequence again, S, copies the entry with the
 *       wanted id, and reads commitSequence a third time; if something was committed before S, it waits a moment for what
 *       comes after it.
 *   <li><b>If nothing was committed or rolled back</b> between the first and the last, what the undo log holds is undone on
 *       the copies, as in {@link ConsistentCopy}: they are those of a commit.
 *   <li><b>If something was committed after S, and nothing rolled back</b>, what the index showed of the wanted id is what
 *       some commit has, S or later, as no change that it showed was taken back: an id that was there was added by it or
 *       before, and one that was not had been freed or was not added yet. That task and input are the id's, and whole, the
 *       entry's hash says; they do not change while the entry has the id, and no id comes twice.
 *   <li>else it starts again.
 * </ol>
 */
public final class RequestReader {
    /** Looks in all. The later ones pause, as {@link ConsistentCopy} does. */
    private static final int ATTEMPTS = 60;

    /** Reads of commitSequence that one look waits for the next commit: some ten microseconds. */
    private static final int AWAITED_READS = 500;

    private final Memory memory;
    private final SegmentGeometry geometry;
    private final String segment;

    /** Where the last look found that the last commit has the wanted id, while its owner was changing that; -1 nowhere. */
    private int committedEntry;

    private long committedLengths;

    RequestReader(Memory memory, SegmentGeometry geometry, String segment) {
        this.memory = memory;
        this.geometry = geometry;
        this.segment = segment;
    }

    /**
     * What a request asks for.
     *
     * @param id its {@link RequestId}
     * @param task name of the class that is to do it
     * @param input the reader's own copy
     */
    @SuppressWarnings("ArrayRecordComponent") // Handed on to the task, compared with nothing.
    public record Request(long id, String task, byte[] input) {}

    /** What one look came to. */
    private sealed interface Look {
        record Found(Request request) implements Look {}

        record Absent() implements Look {}

        record Again() implements Look {}
    }

    /**
     * Finds a request.
     *
     * @return empty if the daemon's last commit has none of that id
     * @throws SegmentException if the segment is damaged or was truncated, if its contents are being replaced, or if its owner
     *     was too fast every time; the latter two pass
     */
    public Optional<Request> find(long id) throws SegmentException {
        committedEntry = -1;
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                Look look = RequestId.isValid(id) ? look(id) : new Look.Absent();
                if (look instanceof Look.Found found) {
                    return Optional.of(found.request());
                }
                if (look instanceof Look.Absent) {
                    return Optional.empty();
                }
                ConsistentCopy.pause(attempt);
            }
        } catch (SegmentDamagedException | IndexOutOfBoundsException e) {
            throw new SegmentException(message(id) + ": " + e.getMessage(), e);
        }
        boolean replaced = memory.getLongAcquire(HeaderLayout.STEP_BACK_OFFSET) != StepBack.NONE;
        throw new SegmentException(message(id) + ": "
                + (replaced
                        ? "its contents are being replaced, or its owner died while it did that."
                        : "its owner changed it faster than it could be read, " + ATTEMPTS + " times.")
                + " Try again.");
    }

    private String message(long id) {
        return "Request " + RequestId.text(id) + " of segment " + segment + " cannot be read";
    }

    private Look look(long id) {
        long before = memory.getLongAcquire(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
        long rollbacks = memory.getLongAcquire(HeaderLayout.ROLLBACK_COUNT_OFFSET);
        if (memory.getLongAcquire(HeaderLayout.STEP_BACK_OFFSET) != StepBack.NONE) {
            return new Look.Again();
        }
        List<StructureInfo> directory = directory();
        if (directory == null) {
            return new Look.Again();
        }
        StructureInfo found = tableIn(directory);
        if (found == null) {
            return isAt(before, rollbacks) ? new Look.Absent() : new Look.Again();
        }
        Range index = copy(found.offsetBytes(), RequestsLayout.indexLength(found.capacity()));
        long middle = memory.getLongAcquire(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
        int entry = entryOf(id, index, found);
        boolean listed = entry >= 0;
        long lengths = listed ? lengths(index, entry) : committedLengths;
        if (!listed) {
            entry = committedEntry;
        }
        boolean copied = entry >= 0 && RequestsLayout.fits(lengths, maxInputBytes(found));
        Range body = copied ? copyBody(found, entry, lengths) : new Range(Long.MAX_VALUE, new byte[0]);
        memory.loadFence();
        if (before == middle && memory.getLongAcquire(HeaderLayout.COMMIT_SEQUENCE_OFFSET) == middle) {
            UndoLogCopy log = UndoLogCopy.of(memory, geometry, before + 1);
            memory.loadFence();
            if (isAt(before, rollbacks)) {
                log.undo(List.of(index, body));
                return ofCommit(id, index, found, copied ? entry : -1, lengths, body);
            }
        }
        if (!isCommittedAfter(middle) || memory.getLong(HeaderLayout.ROLLBACK_COUNT_OFFSET) != rollbacks) {
            return new Look.Again();
        }
        return listed ? inPlace(id, lengths, index, entry, body, copied) : new Look.Absent();
    }

    /** An owner whose next commit is not seen within so many reads leaves the next look time enough for exact copies. */
    private boolean isCommittedAfter(long sequence) {
        for (int read = 0; read < AWAITED_READS; read++) {
            if (memory.getLongAcquire(HeaderLayout.COMMIT_SEQUENCE_OFFSET) != sequence) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** Of a file that was cut within a page, the rest of that page is zero, and reading it no error. */
    private static void requireComplete(Range index, StructureInfo found) {
        int size = 0;
        for (int entry = 0; entry < found.capacity(); entry++) {
            size += word(index, entry, RequestsLayout.ID_OFFSET) == 0 ? 0 : 1;
        }
        long said = NativeWords.get(index.bytes(), RequestsLayout.SIZE_OFFSET);
        if (said != size) {
            throw new SegmentDamagedException("it says that it holds " + said + " requests, and holds " + size + ".");
        }
    }

    private boolean isAt(long sequence, long rollbacks) {
        return memory.getLongAcquire(HeaderLayout.COMMIT_SEQUENCE_OFFSET) == sequence
                && memory.getLong(HeaderLayout.ROLLBACK_COUNT_OFFSET) == rollbacks;
    }

    private Look inPlace(long id, long lengths, Range index, int entry, Range body, boolean copied) {
        if (!copied || !isWhole(id, lengths, index, entry, body)) {
            return new Look.Again();
        }
        return new Look.Found(request(id, lengths, body));
    }

    /** @param copiedEntry whose body was copied, -1 none */
    private Look ofCommit(long id, Range index, StructureInfo found, int copiedEntry, long copiedLengths, Range body) {
        requireComplete(index, found);
        int entry = entryOf(id, index, found);
        if (entry < 0) {
            return new Look.Absent();
        }
        long lengths = lengths(index, entry);
        if (!RequestsLayout.fits(lengths, maxInputBytes(found))) {
            throw new SegmentDamagedException("its entry has the lengths " + Long.toHexString(lengths) + ".");
        }
        if (entry != copiedEntry || !sameBody(lengths, copiedLengths)) {
            committedEntry = entry;
            committedLengths = lengths;
            return new Look.Again();
        }
        if (!isWhole(id, lengths, index, entry, body)) {
            throw new SegmentDamagedException("its task or input is not what was submitted, by their hash.");
        }
        return new Look.Found(request(id, lengths, body));
    }

    /**
     * As it is at the moment, which is checked as much as that of a commit, and whose blocks are where they will always be; if
     * that is half-made, as of one commit, or null if there is no moment for that.
     */
    private @Nullable List<StructureInfo> directory() {
        try {
            return Directory.read(new ArenaBytes(memory, geometry), geometry);
        } catch (SegmentDamagedException e) {
            return new ConsistentCopy(memory, geometry, segment).directory();
        }
    }

    private static @Nullable StructureInfo tableIn(List<StructureInfo> directory) {
        for (StructureInfo structure : directory) {
            if (structure.name().equals(Requests.STRUCTURE)) {
                if (structure.type() != StructureType.REQUESTS) {
                    throw new SegmentDamagedException("its structure " + Requests.STRUCTURE + " is "
                            + structure.describe() + ", expected a table of requests.");
                }
                return structure;
            }
        }
        return null;
    }

    private Range copyBody(StructureInfo found, int entry, long lengths) {
        long body = RequestsLayout.bodyOffset(found.offsetBytes(), entry, found.capacity(), maxInputBytes(found));
        return copy(
                body, RequestsLayout.INPUT_OFFSET + Align.up((long) RequestsLayout.inputLength(lengths), Long.BYTES));
    }

    private Range copy(long offset, long length) {
        byte[] bytes = new byte[(int) length];
        memory.getBytes(offset, bytes, 0, bytes.length);
        memory.loadFence();
        return new Range(offset, bytes);
    }

    private static int entryOf(long id, Range index, StructureInfo found) {
        for (int entry = 0; entry < found.capacity(); entry++) {
            if (word(index, entry, RequestsLayout.ID_OFFSET) == id) {
                return entry;
            }
        }
        return -1;
    }

    private static boolean isWhole(long id, long lengths, Range index, int entry, Range body) {
        byte[] bytes = body.bytes();
        return RequestsLayout.hash(id, lengths, bytes, 0, bytes, RequestsLayout.INPUT_OFFSET)
                == word(index, entry, RequestsLayout.HASH_OFFSET);
    }

    private static boolean sameBody(long lengths, long others) {
        return RequestsLayout.taskLength(lengths) == RequestsLayout.taskLength(others)
                && RequestsLayout.inputLength(lengths) == RequestsLayout.inputLength(others);
    }

    private static Request request(long id, long lengths, Range body) {
        byte[] bytes = body.bytes();
        int input = RequestsLayout.INPUT_OFFSET;
        return new Request(
                id,
                new String(bytes, 0, RequestsLayout.taskLength(lengths), StandardCharsets.UTF_8),
                Arrays.copyOfRange(bytes, input, input + RequestsLayout.inputLength(lengths)));
    }

    private static int maxInputBytes(StructureInfo found) {
        return (int) found.parameter2();
    }

    private static long lengths(Range index, int entry) {
        return word(index, entry, RequestsLayout.LENGTHS_OFFSET);
    }

    private static long word(Range index, int entry, int offset) {
        return NativeWords.get(index.bytes(), (int) RequestsLayout.indexOffset(0, entry) + offset);
    }
}
