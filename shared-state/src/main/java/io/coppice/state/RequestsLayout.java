package io.coppice.state;

/**
 * Data of a table of requests: header, index, bodies; native byte order, layout version 4. Under commits.
 *
 * <pre>
 *  header, 64 bytes
 *  offset bytes field
 *       0     8 lastSequence   of the ids ever added or passed over
 *       8     8 size           entries that hold a request
 *      16    48 padding
 *
 *  index: entry e at 64 + 64 * e
 *       0     8 id             0: free, and the rest, like the body, is leftovers. Stored last when a request is added
 *       8     8 status         RequestStatus's code
 *      16     8 slot           0 none
 *      24     8 attempts
 *      32     8 submittedAtEpochMs
 *      40     8 lengths        bytes of the input 32 (high), of the cause 16, of the task 16 (low)
 *      48     8 hash           of id, lengths of task and input, task, input: {@link #hash}
 *      56     8 padding
 *
 *  bodies, behind the index: entry e at e * (768 + inputBytes padded to 8)
 *       0   256 task           UTF-8
 *     256   512 cause          UTF-8
 *     768       input
 * </pre>
 *
 * Task and input never change while an entry has an id; of another id the hash is stored first. The hash tells a reader who copies an entry in place, while its
 * owner goes on, that they belong together: it never finds an id beside another one's input, whatever order its loads and
 * the owner's stores (an undone change's, too) come in.
 */
final class RequestsLayout {
    static final int LAST_SEQUENCE_OFFSET = 0;
    static final int SIZE_OFFSET = LAST_SEQUENCE_OFFSET + Long.BYTES;
    static final int HEADER_LENGTH = 64;

    static final int ID_OFFSET = 0;
    static final int STATUS_OFFSET = ID_OFFSET + Long.BYTES;
    static final int SLOT_OFFSET = STATUS_OFFSET + Long.BYTES;
    static final int ATTEMPTS_OFFSET = SLOT_OFFSET + Long.BYTES;
    static final int SUBMITTED_AT_EPOCH_MS_OFFSET = ATTEMPTS_OFFSET + Long.BYTES;
    static final int LENGTHS_OFFSET = SUBMITTED_AT_EPOCH_MS_OFFSET + Long.BYTES;
    static final int HASH_OFFSET = LENGTHS_OFFSET + Long.BYTES;
    static final int INDEX_ENTRY_LENGTH = 64;

    static final int TASK_CAPACITY = 256;
    static final int CAUSE_CAPACITY = 512;
    static final int CAUSE_OFFSET = TASK_CAPACITY;
    static final int INPUT_OFFSET = CAUSE_OFFSET + CAUSE_CAPACITY;

    /** Bounds of what readers copy, far above any use. */
    static final int MAX_ENTRIES = 4096;

    static final int MAX_INPUT_BYTES = 64 << 20;

    /** Word numbers in the hash: those of the input come behind all of the task's. */
    private static final long INPUT_POSITION = 2L * TASK_CAPACITY;

    private RequestsLayout() {}

    static long dataLength(int entries, int inputBytes) {
        return indexLength(entries) + entries * bodyLength(inputBytes);
    }

    /** Of header and index. */
    static long indexLength(int entries) {
        return HEADER_LENGTH + (long) entries * INDEX_ENTRY_LENGTH;
    }

    static long indexOffset(long data, int entry) {
        return data + HEADER_LENGTH + (long) entry * INDEX_ENTRY_LENGTH;
    }

    static long bodyOffset(long data, int entry, int entries, int inputBytes) {
        return data + indexLength(entries) + entry * bodyLength(inputBytes);
    }

    private static long bodyLength(int inputBytes) {
        return INPUT_OFFSET + Align.up((long) inputBytes, Long.BYTES);
    }

    static long lengths(int task, int cause, int input) {
        return (long) input << 32 | (long) cause << 16 | task;
    }

    static int taskLength(long lengths) {
        return (int) (lengths & 0xffff);
    }

    static int causeLength(long lengths) {
        return (int) (lengths >>> 16 & 0xffff);
    }

    static int inputLength(long lengths) {
        return (int) (lengths >>> 32);
    }

    /** Whether an entry's lengths are within its body. */
    static boolean fits(long lengths, int inputBytes) {
        int input = inputLength(lengths);
        return taskLength(lengths) >= 1
                && taskLength(lengths) <= TASK_CAPACITY
                && causeLength(lengths) <= CAUSE_CAPACITY
                && input >= 0
                && input <= inputBytes;
    }

    /** The hash of an entry whose task and input, with these lengths, lie in arrays. */
    static long hash(long id, long lengths, byte[] task, int taskFrom, byte[] input, int inputFrom) {
        int taskLength = taskLength(lengths);
        int inputLength = inputLength(lengths);
        return ArenaHash.ofMessage(0, id, task, taskFrom, taskLength)
                + ArenaHash.ofMessage(
                        INPUT_POSITION, lengths(taskLength, 0, inputLength), input, inputFrom, inputLength);
    }
}
