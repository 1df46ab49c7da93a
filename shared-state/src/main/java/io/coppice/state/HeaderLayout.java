package io.coppice.state;

/**
 * Page 0 of a segment: 4096 bytes, native byte order, layout version 4. The identity is written once, by the root, when it
 * creates the segment; everything else by the owner only. No 128-byte line (two cache lines: adjacent ones are prefetched
 * in pairs) has two writers.
 *
 * <p>Only the identity has a checksum, and the marker of a step back. {@link LiveWords} says what damage of the other words is
 * noticed at take-over, by what else the segment says. Not noticed are: commitSequence less one; commitSequence without a
 * checksum of the arena, if it is higher, or lower and nothing is stamped above it; rollbackCount (any value serves); the
 * records of timelines before the present one, by which readers are told what a step back lost or repeated; the saved words
 * in the undo log and the stamps of its later entries, unless there is a checksum of the arena; and what an owner says of
 * itself (heartbeat, owner, last words, loop lock) or asks of others (requests, orderDone), which nobody relies on to read the
 * contents; nor of a result's stamp that is too low, or of whose contents these are (requestId).
 *
 * <pre>
 *  offset bytes field             ordering and meaning
 *       0     8 magic             release, stored last of the identity: "coppice1" read as bytes
 *       8     4 layoutVersion     4
 *      12     4 kind              1 daemon, 2 root
 *      16     8 lengthBytes       of the whole file
 *      24     8 arenaOffset
 *      32     8 arenaLength
 *      40     8 undoOffset
 *      48     8 undoLength
 *      56     8 publishOffset
 *      64     8 publishLength
 *      72    32 name              UTF-8, zero padded
 *     104    32 instance          UTF-8, zero padded
 *     136     8 createdEpochMs
 *     144     8 stateBytes        what undo log and arena are sized by; the file is longer if it has checkpoints
 *     152     8 checkpoints       areas behind the arena ({@link CheckpointLayout})
 *     160     8 checksum          CRC32C of bytes 0 to 159, zero extended
 *     168    88 padding
 *     256     8 commitSequence    release; this store is the commit
 *     264     8 rollbackCount     release, rises twice per rollback, recovery or step back, odd in between
 *     272     8 timeline          release; 1 at creation, one more after each step back beyond the last commit
 *     280     8 timelineStart     commitSequence at which the timeline began
 *     288     8 stepBack          release; code of the step back that is decided and not finished, 0 none
 *     296     8 stepBackSource    of a checkpoint: its area; of abandoned contents: their timeline
 *     304     8 stepBackCommit    commitSequence that the step back leads to
 *     312     8 stepBackTimeline  timeline that the step back leads to
 *     320     8 lastStepCommit    release; of the last commit made by a step of this incarnation, 0 none
 *     328     8 steppedTimeline   timeline on which a step committed last, of an incarnation before this one, 0 none
 *     336    48 padding
 *     384     8 heartbeatCount    release, once per turn of the owner's loop
 *     392     8 busyAtCount       release; busyAtMostMs holds while heartbeatCount equals it; -1 none
 *     400     8 busyAtMostMs
 *     408   104 padding
 *     512     8 ownerPid
 *     520     8 incarnation       release, after ownerPid and phase RECOVERING
 *     528     4 phase             after a release fence
 *     532     4 padding
 *     536     8 loopThread        the kernel's number of the owner's loop thread, in the owner's pid namespace; 0 not told
 *     544    96 padding
 *     640     8 lastWordsSequence release; odd while they are being written
 *     648     4 lastWordsLength
 *     652     4 padding
 *     656  1024 lastWords         UTF-8
 *    1680   112 padding
 *    1792   256 timelines         16 pairs of (timeline, its timelineStart); timeline t in pair t mod 16
 *    2048     8 arenaChecksum     release; "checksum" read as bytes: there is one of the arena; all bits of that flipped: none
 *    2056    32 arenaHashes       two pairs of (stamp, release; hash of the arena as of that commit): commit c in pair c mod 2
 *    2088    88 padding
 *    2176    64 loopLock          a {@code pthread_mutex_t} of the owner's libc, process-shared and robust; at its start the
 *                               4-byte loop word ({@link LoopWord}), 0 if nobody holds it; the rest means nothing to others
 *    2240    64 padding
 *    2304     8 answers           release, by a thread of the owner's that is not its loop: one more than the questions (SIGWINCH)
 *                               that its JVM has answered; 0 it answers none
 *    2312   120 padding
 *    2432   256 requests          32 words, each release, of a daemon that submits transactions: what slot i, from 1, is to work
 *                               on, in word i - 1: the id of a request; its negative, to be discarded; 0 none
 *    2688     8 orderDone         release; number of the last order of the root that the owner has carried out, 0 none
 *    2696   120 padding
 *    2816     8 requestId         release; of a slot of transactions: the request that the contents belong to, 0 none
 *    2824     8 resultStamp       release; commitSequence of the commit that holds that request's result, 0 none; counts if that
 *                               was committed. No step back and no rollback leaves one above the last commit
 *    2832  1264 padding
 * </pre>
 */
final class HeaderLayout {
    static final int VERSION = 4;
    static final int NAME_LENGTH = 32;

    static final int MAGIC_OFFSET = 0;
    static final int LAYOUT_VERSION_OFFSET = MAGIC_OFFSET + Long.BYTES;
    static final int KIND_OFFSET = LAYOUT_VERSION_OFFSET + Integer.BYTES;
    static final int LENGTH_BYTES_OFFSET = KIND_OFFSET + Integer.BYTES;
    static final int ARENA_OFFSET_OFFSET = LENGTH_BYTES_OFFSET + Long.BYTES;
    static final int ARENA_LENGTH_OFFSET = ARENA_OFFSET_OFFSET + Long.BYTES;
    static final int UNDO_OFFSET_OFFSET = ARENA_LENGTH_OFFSET + Long.BYTES;
    static final int UNDO_LENGTH_OFFSET = UNDO_OFFSET_OFFSET + Long.BYTES;
    static final int PUBLISH_OFFSET_OFFSET = UNDO_LENGTH_OFFSET + Long.BYTES;
    static final int PUBLISH_LENGTH_OFFSET = PUBLISH_OFFSET_OFFSET + Long.BYTES;
    static final int NAME_OFFSET = PUBLISH_LENGTH_OFFSET + Long.BYTES;
    static final int INSTANCE_OFFSET = NAME_OFFSET + NAME_LENGTH;
    static final int CREATED_EPOCH_MS_OFFSET = INSTANCE_OFFSET + NAME_LENGTH;
    static final int STATE_BYTES_OFFSET = CREATED_EPOCH_MS_OFFSET + Long.BYTES;
    static final int CHECKPOINTS_OFFSET = STATE_BYTES_OFFSET + Long.BYTES;
    static final int CHECKSUM_OFFSET = CHECKPOINTS_OFFSET + Long.BYTES;

    static final int LINE = 128;
    static final int COMMIT_LINE = Align.up(CHECKSUM_OFFSET + Long.BYTES, LINE);
    static final int COMMIT_SEQUENCE_OFFSET = COMMIT_LINE;
    static final int ROLLBACK_COUNT_OFFSET = COMMIT_SEQUENCE_OFFSET + Long.BYTES;
    static final int TIMELINE_OFFSET = ROLLBACK_COUNT_OFFSET + Long.BYTES;
    static final int TIMELINE_START_OFFSET = TIMELINE_OFFSET + Long.BYTES;
    static final int STEP_BACK_OFFSET = TIMELINE_START_OFFSET + Long.BYTES;
    static final int STEP_BACK_SOURCE_OFFSET = STEP_BACK_OFFSET + Long.BYTES;
    static final int STEP_BACK_COMMIT_OFFSET = STEP_BACK_SOURCE_OFFSET + Long.BYTES;
    static final int STEP_BACK_TIMELINE_OFFSET = STEP_BACK_COMMIT_OFFSET + Long.BYTES;
    static final int LAST_STEP_COMMIT_OFFSET = STEP_BACK_TIMELINE_OFFSET + Long.BYTES;
    static final int STEPPED_TIMELINE_OFFSET = LAST_STEP_COMMIT_OFFSET + Long.BYTES;

    static final int HEARTBEAT_LINE = COMMIT_LINE + LINE;
    static final int HEARTBEAT_COUNT_OFFSET = HEARTBEAT_LINE;
    static final int BUSY_AT_COUNT_OFFSET = HEARTBEAT_COUNT_OFFSET + Long.BYTES;
    static final int BUSY_AT_MOST_MS_OFFSET = BUSY_AT_COUNT_OFFSET + Long.BYTES;

    static final int OWNER_LINE = HEARTBEAT_LINE + LINE;
    static final int OWNER_PID_OFFSET = OWNER_LINE;
    static final int INCARNATION_OFFSET = OWNER_PID_OFFSET + Long.BYTES;
    static final int PHASE_OFFSET = INCARNATION_OFFSET + Long.BYTES;
    static final int LOOP_THREAD_OFFSET = PHASE_OFFSET + Integer.BYTES + Integer.BYTES;

    static final int LAST_WORDS_LINE = OWNER_LINE + LINE;
    static final int LAST_WORDS_SEQUENCE_OFFSET = LAST_WORDS_LINE;
    static final int LAST_WORDS_LENGTH_OFFSET = LAST_WORDS_SEQUENCE_OFFSET + Long.BYTES;
    static final int LAST_WORDS_OFFSET = LAST_WORDS_LENGTH_OFFSET + Integer.BYTES + Integer.BYTES;
    static final int LAST_WORDS_CAPACITY = 1024;

    static final int TIMELINES_OFFSET = Align.up(LAST_WORDS_OFFSET + LAST_WORDS_CAPACITY, LINE);
    static final int TIMELINES_KEPT = 16;
    static final int TIMELINE_PAIR_LENGTH = Long.BYTES + Long.BYTES;

    static final int ARENA_CHECKSUM_OFFSET = Align.up(TIMELINES_OFFSET + TIMELINES_KEPT * TIMELINE_PAIR_LENGTH, LINE);
    static final int ARENA_HASHES_OFFSET = ARENA_CHECKSUM_OFFSET + Long.BYTES;
    static final int ARENA_HASH_OFFSET = Long.BYTES;
    static final int ARENA_HASH_PAIR_LENGTH = ARENA_HASH_OFFSET + Long.BYTES;

    /** A line of its own: the kernel writes the loop word, too, when the thread dies that holds it. */
    static final int LOOP_LOCK_OFFSET = Align.up(ARENA_HASHES_OFFSET + 2 * ARENA_HASH_PAIR_LENGTH, LINE);

    static final int LOOP_LOCK_LENGTH = 64;

    /** A line of its own, as another thread writes it. */
    static final int ANSWERS_OFFSET = Align.up(LOOP_LOCK_OFFSET + LOOP_LOCK_LENGTH, LINE);

    /** Slots of one daemon's transactions at most: a word for each. */
    static final int MAX_SLOTS = 32;

    static final int REQUESTS_OFFSET = Align.up(ANSWERS_OFFSET + Long.BYTES, LINE);
    static final int ORDER_DONE_OFFSET = REQUESTS_OFFSET + MAX_SLOTS * Long.BYTES;

    static final int REQUEST_ID_OFFSET = Align.up(ORDER_DONE_OFFSET + Long.BYTES, LINE);
    static final int RESULT_STAMP_OFFSET = REQUEST_ID_OFFSET + Long.BYTES;

    static final int LENGTH = 4096;

    /** The bytes "coppice1", whatever the byte order of the machine: a segment never leaves it. */
    static final byte[] MAGIC_BYTES = {'c', 'o', 'p', 'p', 'i', 'c', 'e', '1'};

    static final long MAGIC = NativeWords.get(MAGIC_BYTES, 0);

    /** The bytes "checksum". */
    static final long ARENA_CHECKSUM = NativeWords.get(new byte[] {'c', 'h', 'e', 'c', 'k', 's', 'u', 'm'}, 0);

    /**
     * Where the word of a slot's request is.
     *
     * @throws IndexOutOfBoundsException if there is no such slot
     */
    static long requestOffset(int slot) {
        if (slot < 1 || slot > MAX_SLOTS) {
            throw new IndexOutOfBoundsException(
                    "Slot " + slot + " of transactions: must be 1 to " + MAX_SLOTS + ", as page 0 has so many words.");
        }
        return REQUESTS_OFFSET + (slot - 1L) * Long.BYTES;
    }

    private HeaderLayout() {}
}
