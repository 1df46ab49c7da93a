package io.coppice.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The requests that a daemon has submitted to its transactions and not adopted yet, in the daemon's segment: a fixed number of
 * entries, each free or with one request. Made by {@link OwnedSegment#requests}, for the worker's runtime. Owner's thread
 * only; nothing here allocates but what takes or hands out texts and inputs.
 *
 * <p>Changes are in place, undone by a rollback or a crash, and kept by {@link State#commit()}; an operation that throws
 * changed nothing. An entry's task and input stay as they are until it is freed, under whatever id. Of those who wait the one with the lowest
 * id is the next; nothing else orders them.
 */
public final class Requests extends Structure {
    /** Name of the structure. */
    public static final String STRUCTURE = ReservedNames.TRANSACTIONS;

    /** Longest name of a task, in bytes of UTF-8. */
    public static final int MAX_TASK_BYTES = RequestsLayout.TASK_CAPACITY;

    /** Longest cause, in bytes of UTF-8. */
    public static final int MAX_CAUSE_BYTES = RequestsLayout.CAUSE_CAPACITY;

    /** No entry. */
    public static final int NONE = -1;

    private static final int INDEX_ENTRY_WORDS = RequestsLayout.INDEX_ENTRY_LENGTH / Long.BYTES;
    private static final String MORE = "…";

    private final CommitEngine engine;
    private final int entries;
    private final int maxInputBytes;
    private long data;

    Requests(CommitEngine engine, StructureInfo info) {
        this.engine = engine;
        this.entries = info.capacity();
        this.maxInputBytes = (int) info.parameter2();
        this.data = info.offsetBytes();
    }

    static StructureRequest request(int entries, int maxInputBytes) {
        return new StructureRequest(
                StructureType.REQUESTS,
                STRUCTURE,
                null,
                RequestsLayout.dataLength(entries, maxInputBytes),
                entries,
                maxInputBytes,
                0);
    }

    /** Bytes of {@link State#freeBytes()} that a table of those sizes takes. */
    public static long sizeBytes(int entries, int maxInputBytes) {
        return Align.up(
                Directory.dataOffset(0) + RequestsLayout.dataLength(entries, maxInputBytes), ArenaLayout.ALIGNMENT);
    }

    /** Bytes of the undo log that {@link #add} takes at most, for a task and an input of those lengths. */
    public static long undoBytes(int taskBytes, int inputBytes) {
        return undoBytes(taskBytes)
                + undoBytes(inputBytes)
                + UndoLayout.entryBytes(INDEX_ENTRY_WORDS)
                + 2L * UndoLayout.ONE_WORD_ENTRY;
    }

    /** Requests that it holds. */
    public int size() {
        long size = engine.getLong(data + RequestsLayout.SIZE_OFFSET);
        if (size < 0 || size > entries) {
            throw damaged("it says that it holds " + size + " requests");
        }
        return (int) size;
    }

    /** Most requests it can hold. */
    public int capacity() {
        return entries;
    }

    /** Longest input it takes. */
    public int maxInputBytes() {
        return maxInputBytes;
    }

    /** Sequence of the last id that was given or passed over, 0 none. */
    public long lastSequence() {
        long last = engine.getLong(data + RequestsLayout.LAST_SEQUENCE_OFFSET);
        if (last < 0 || last > RequestId.MAX_SEQUENCE) {
            throw damaged("its last sequence is " + last);
        }
        return last;
    }

    /**
     * Passes over all sequences up to one: no id gets them any more. Nothing is done if that is so already.
     *
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public void passOver(long sequence) {
        if (sequence < 0 || sequence > RequestId.MAX_SEQUENCE) {
            throw new IllegalArgumentException(
                    "A sequence is 0 to " + RequestId.MAX_SEQUENCE + ", not " + sequence + ".");
        }
        if (sequence > lastSequence()) {
            engine.setLong(data + RequestsLayout.LAST_SEQUENCE_OFFSET, sequence);
        }
    }

    /**
     * Adds a request, which waits for a slot.
     *
     * @param id a {@link RequestId} whose sequence is above {@link #lastSequence}
     * @param task name of the class that is to do it, 1 to {@link #MAX_TASK_BYTES} bytes of UTF-8
     * @param input at most {@link #maxInputBytes} bytes; copied
     * @return its entry, 0 to {@code capacity() - 1}
     * @throws CapacityExceededException if no entry is free, or the input is too long
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public int add(long id, String task, byte[] input) {
        return add(id, task, input, System.currentTimeMillis());
    }

    /** The same, submitted at another time: milliseconds since 1970. */
    public int add(long id, String task, byte[] input, long submittedAtEpochMs) {
        requireNext(id);
        RequestInfo request =
                new RequestInfo(id, RequestStatus.QUEUED, 0, 0, submittedAtEpochMs, task, input.length, "");
        return store(request, input, RequestId.sequence(id));
    }

    /**
     * Adds a request as it was in other contents of this segment, with its id, status and all.
     *
     * @param input its input, of {@code old.inputBytes()}
     * @return its entry
     * @throws IllegalArgumentException if there is one of that id, or one that cannot be
     * @throws CapacityExceededException if no entry is free, or the input is too long
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public int addAgain(RequestInfo old, byte[] input) {
        if (!RequestId.isValid(old.id()) || find(old.id()) != NONE) {
            throw new IllegalArgumentException("Request " + RequestId.text(old.id()) + " is there already, or none.");
        }
        requireSlot(old.slot());
        requireAttempts(old.attempts());
        return store(old, input, Math.max(lastSequence(), RequestId.sequence(old.id())));
    }

    private int store(RequestInfo request, byte[] input, long lastSequence) {
        byte[] task = request.task().getBytes(StandardCharsets.UTF_8);
        byte[] cause = cut(request.cause());
        if (task.length < 1 || task.length > MAX_TASK_BYTES) {
            throw new IllegalArgumentException("Task \"" + request.task() + "\" of segment " + engine.segment()
                    + " has " + task.length + " bytes of UTF-8; its name must have 1 to " + MAX_TASK_BYTES + ".");
        }
        if (input.length > maxInputBytes) {
            throw new CapacityExceededException("Input of request " + RequestId.text(request.id()) + ", task "
                    + request.task() + ", in segment " + engine.segment() + " has " + input.length + " bytes; at most "
                    + maxInputBytes
                    + " fit. Submit less, or raise the manifest key `transactions: {input}` (coppice reload).");
        }
        int entry = free();
        long size = size() + 1L;
        long index = index(entry);
        long body = body(entry);
        long lengths = RequestsLayout.lengths(task.length, cause.length, input.length);
        engine.begin(data, undoBytes(task.length, input.length) + undoBytes(cause.length), STRUCTURE);
        engine.setBytes(body, task, 0, task.length);
        engine.setBytes(body + RequestsLayout.CAUSE_OFFSET, cause, 0, cause.length);
        engine.setBytes(body + RequestsLayout.INPUT_OFFSET, input, 0, input.length);
        engine.logRange(index, INDEX_ENTRY_WORDS);
        engine.setLong(index + RequestsLayout.STATUS_OFFSET, request.status().code());
        engine.setLong(index + RequestsLayout.SLOT_OFFSET, request.slot());
        engine.setLong(index + RequestsLayout.ATTEMPTS_OFFSET, request.attempts());
        engine.setLong(index + RequestsLayout.SUBMITTED_AT_EPOCH_MS_OFFSET, request.submittedAtEpochMs());
        engine.setLong(index + RequestsLayout.LENGTHS_OFFSET, lengths);
        engine.setLong(
                index + RequestsLayout.HASH_OFFSET, RequestsLayout.hash(request.id(), lengths, task, 0, input, 0));
        engine.memory.releaseFence();
        engine.setLong(index + RequestsLayout.ID_OFFSET, request.id());
        engine.setLong(data + RequestsLayout.LAST_SEQUENCE_OFFSET, lastSequence);
        engine.setLong(data + RequestsLayout.SIZE_OFFSET, size);
        engine.end();
        return entry;
    }

    /**
     * Gives an entry's request another id, as if it had been freed and added again, but that its input is not stored anew: nobody who
     * knows the old id finds it any more. Allocates.
     *
     * @param id as for {@link #add}
     * @throws IllegalArgumentException if the entry holds none, or the id is not above {@link #lastSequence}
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public void renumber(int entry, long id) {
        requireNext(id);
        long index = held(entry);
        byte[] task = task(entry).getBytes(StandardCharsets.UTF_8);
        long hash = RequestsLayout.hash(id, lengths(entry), task, 0, input(entry), 0);
        engine.begin(data, 3L * UndoLayout.ONE_WORD_ENTRY, STRUCTURE);
        engine.setLong(index + RequestsLayout.HASH_OFFSET, hash);
        engine.memory.releaseFence();
        engine.setLong(index + RequestsLayout.ID_OFFSET, id);
        engine.setLong(data + RequestsLayout.LAST_SEQUENCE_OFFSET, RequestId.sequence(id));
        engine.end();
    }

    /**
     * Frees an entry.
     *
     * @throws IllegalArgumentException if it holds no request
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public void free(int entry) {
        long index = held(entry);
        long size = size() - 1L;
        engine.begin(data, 2L * UndoLayout.ONE_WORD_ENTRY, STRUCTURE);
        engine.setLong(index + RequestsLayout.ID_OFFSET, 0);
        engine.setLong(data + RequestsLayout.SIZE_OFFSET, size);
        engine.end();
    }

    /** The entry of a request, {@link #NONE} if there is none of that id. Looks at each entry. */
    public int find(long id) {
        for (int entry = 0; id != 0 && entry < entries; entry++) {
            if (engine.getLong(index(entry) + RequestsLayout.ID_OFFSET) == id) {
                return entry;
            }
        }
        return NONE;
    }

    /** The entry of the request of that status with the lowest id, {@link #NONE} if there is none. Looks at each entry. */
    public int oldest(RequestStatus status) {
        int oldest = NONE;
        long lowest = Long.MAX_VALUE;
        for (int entry = 0; entry < entries; entry++) {
            long index = index(entry);
            long id = engine.getLong(index + RequestsLayout.ID_OFFSET);
            if (id != 0 && id < lowest && engine.getLong(index + RequestsLayout.STATUS_OFFSET) == status.code()) {
                oldest = entry;
                lowest = id;
            }
        }
        return oldest;
    }

    /** Requests of a status. Looks at each entry. */
    public int count(RequestStatus status) {
        int count = 0;
        for (int entry = 0; entry < entries; entry++) {
            long index = index(entry);
            if (engine.getLong(index + RequestsLayout.ID_OFFSET) != 0
                    && engine.getLong(index + RequestsLayout.STATUS_OFFSET) == status.code()) {
                count++;
            }
        }
        return count;
    }

    /** The id of an entry's request; 0 if the entry, 0 to {@code capacity() - 1}, is free. */
    public long id(int entry) {
        requireEntry(entry);
        return engine.getLong(index(entry) + RequestsLayout.ID_OFFSET);
    }

    /**
     * Where an entry's request is.
     *
     * @throws IllegalArgumentException if the entry holds none; so do all that follow
     */
    public RequestStatus status(int entry) {
        long code = engine.getLong(held(entry) + RequestsLayout.STATUS_OFFSET);
        RequestStatus status = RequestStatus.known(code);
        if (status == null) {
            throw damaged("entry " + entry + " has status " + code);
        }
        return status;
    }

    /** Sets {@link #status(int)}. */
    public void status(int entry, RequestStatus status) {
        engine.setLong(held(entry) + RequestsLayout.STATUS_OFFSET, status.code());
    }

    /** The slot that works on an entry's request, or did last; 0 none. */
    public int slot(int entry) {
        long slot = engine.getLong(held(entry) + RequestsLayout.SLOT_OFFSET);
        if (slot < 0 || slot > HeaderLayout.MAX_SLOTS) {
            throw damaged("entry " + entry + " has slot " + slot);
        }
        return (int) slot;
    }

    /** Sets {@link #slot(int)}: 0 to {@link OwnedSegment#MAX_SLOTS}. */
    public void slot(int entry, int slot) {
        requireSlot(slot);
        engine.setLong(held(entry) + RequestsLayout.SLOT_OFFSET, slot);
    }

    /** Attempts at an entry's request, as counted by {@link #attempts(int, int)}; 0 at first. */
    public int attempts(int entry) {
        long attempts = engine.getLong(held(entry) + RequestsLayout.ATTEMPTS_OFFSET);
        if (attempts < 0 || attempts > Integer.MAX_VALUE) {
            throw damaged("entry " + entry + " has " + attempts + " attempts");
        }
        return (int) attempts;
    }

    /** Sets {@link #attempts(int)}, 0 or more. */
    public void attempts(int entry, int attempts) {
        requireAttempts(attempts);
        engine.setLong(held(entry) + RequestsLayout.ATTEMPTS_OFFSET, attempts);
    }

    /** When an entry's request was submitted, milliseconds since 1970. */
    public long submittedAtEpochMs(int entry) {
        return engine.getLong(held(entry) + RequestsLayout.SUBMITTED_AT_EPOCH_MS_OFFSET);
    }

    /** Name of the class that is to do an entry's request. Allocates. */
    public String task(int entry) {
        long lengths = lengths(entry);
        return text(body(entry), RequestsLayout.taskLength(lengths));
    }

    /** Length of an entry's input. */
    public int inputBytes(int entry) {
        return RequestsLayout.inputLength(lengths(entry));
    }

    /** A copy of an entry's input. */
    public byte[] input(int entry) {
        byte[] input = new byte[inputBytes(entry)];
        engine.memory.getBytes(body(entry) + RequestsLayout.INPUT_OFFSET, input, 0, input.length);
        return input;
    }

    /** Whether {@link #cause(int)} is not empty. */
    public boolean hasCause(int entry) {
        return RequestsLayout.causeLength(lengths(entry)) != 0;
    }

    /** Why an entry's request failed, empty at first. Allocates. */
    public String cause(int entry) {
        long lengths = lengths(entry);
        return text(body(entry) + RequestsLayout.CAUSE_OFFSET, RequestsLayout.causeLength(lengths));
    }

    /**
     * Sets {@link #cause(int)}. Of what exceeds {@link #MAX_CAUSE_BYTES} bytes of UTF-8 the beginning is kept, and {@code …}.
     *
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public void cause(int entry, String cause) {
        long lengths = lengths(entry);
        byte[] bytes = cut(cause);
        engine.begin(data, undoBytes(bytes.length) + UndoLayout.ONE_WORD_ENTRY, STRUCTURE);
        engine.setBytes(body(entry) + RequestsLayout.CAUSE_OFFSET, bytes, 0, bytes.length);
        engine.setLong(
                index(entry) + RequestsLayout.LENGTHS_OFFSET,
                RequestsLayout.lengths(
                        RequestsLayout.taskLength(lengths), bytes.length, RequestsLayout.inputLength(lengths)));
        engine.end();
    }

    @Override
    void detach() {
        data = DETACHED;
    }

    private int free() {
        if (size() < entries) {
            for (int entry = 0; entry < entries; entry++) {
                if (engine.getLong(index(entry) + RequestsLayout.ID_OFFSET) == 0) {
                    return entry;
                }
            }
            throw damaged("it holds " + size() + " requests, and no entry is free");
        }
        throw new CapacityExceededException("Segment " + engine.segment()
                + " is full of requests: it holds its capacity of " + entries
                + ", those that run, wait and are quarantined taken together. Submit once some are done, or raise the"
                + " manifest key `transactions: {queue}` (coppice reload).");
    }

    private static byte[] cut(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MAX_CAUSE_BYTES) {
            return bytes;
        }
        byte[] more = MORE.getBytes(StandardCharsets.UTF_8);
        int length = MAX_CAUSE_BYTES - more.length;
        while ((bytes[length] & 0xc0) == 0x80) {
            length--;
        }
        byte[] cut = Arrays.copyOf(bytes, length + more.length);
        System.arraycopy(more, 0, cut, length, more.length);
        return cut;
    }

    private void requireNext(long id) {
        if (!RequestId.isValid(id) || RequestId.sequence(id) <= lastSequence()) {
            throw new IllegalArgumentException("Request " + id + " cannot be added after sequence " + lastSequence()
                    + ": an id has a higher one, so that it is nobody else's.");
        }
    }

    private static void requireSlot(int slot) {
        if (slot < 0 || slot > HeaderLayout.MAX_SLOTS) {
            throw new IllegalArgumentException("A slot is 0 to " + HeaderLayout.MAX_SLOTS + ", not " + slot + ".");
        }
    }

    private static void requireAttempts(int attempts) {
        if (attempts < 0) {
            throw new IllegalArgumentException("Attempts are 0 or more, not " + attempts + ".");
        }
    }

    private static long undoBytes(int length) {
        return length == 0 ? 0 : UndoLayout.entryBytes(Align.up((long) length, Long.BYTES) / Long.BYTES);
    }

    private String text(long offset, int length) {
        byte[] bytes = new byte[length];
        engine.memory.getBytes(offset, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private long lengths(int entry) {
        long lengths = engine.getLong(held(entry) + RequestsLayout.LENGTHS_OFFSET);
        if (!RequestsLayout.fits(lengths, maxInputBytes)) {
            throw damaged("entry " + entry + " has a task of " + RequestsLayout.taskLength(lengths)
                    + " bytes, a cause of " + RequestsLayout.causeLength(lengths) + " and an input of "
                    + RequestsLayout.inputLength(lengths));
        }
        return lengths;
    }

    private long index(int entry) {
        return RequestsLayout.indexOffset(data, entry);
    }

    private long body(int entry) {
        return RequestsLayout.bodyOffset(data, entry, entries, maxInputBytes);
    }

    private void requireEntry(int entry) {
        if (entry < 0 || entry >= entries) {
            throw new IndexOutOfBoundsException("Entry " + entry + " of the requests of segment " + engine.segment()
                    + ": must be 0 to " + (entries - 1) + ".");
        }
    }

    /** Where the index says what an entry holds. */
    private long held(int entry) {
        if (id(entry) == 0) {
            throw new IllegalArgumentException(
                    "Entry " + entry + " of the requests of segment " + engine.segment() + " holds none.");
        }
        return index(entry);
    }

    private SegmentDamagedException damaged(String problem) {
        return new SegmentDamagedException("The requests of segment " + engine.segment() + " are damaged: " + problem
                + "; there is room for " + entries + " with inputs of at most " + maxInputBytes + " bytes. "
                + SegmentDamagedException.WAYS_OUT);
    }
}
