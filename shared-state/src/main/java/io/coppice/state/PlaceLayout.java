package io.coppice.state;

/**
 * A place in a ring of messages, as of the last commit of the segment it lies in: 8 slots, native byte order, layout
 * version 3. A ring has one, its end, up to which messages count; a reader's cursor is one, up to which it has read.
 *
 * <pre>
 *  slot, 64 bytes; 8 of them, used in turn, one for each commit that moves the place
 *  offset bytes field
 *       0     8 stamp             release; sequence of the commit it belongs to, counts once that is stored; 0 none
 *       8     8 origin            createdEpochMs of the ring's segment
 *      16     8 timeline          of the ring's segment; 0 in a cursor that was never used
 *      24     8 position          bytes of all messages up to here, headers and padding included; a multiple of 8
 *      32     8 number            messages up to here
 *      40     8 consumedPosition  channel's end: what every receiver had read when the writer last looked; else 0
 *      48     8 consumedNumber    channel's end: messages of that; else 0
 *      56     8 padding
 * </pre>
 *
 * <p><b>Why a crash cannot tear it.</b> While commit C + 1 is being prepared only the slot after the newest one is written,
 * which no reader needs: it holds the oldest place. It is erased (stamp 0, release), then a release fence, then its fields,
 * then its stamp C + 1 (release). Stamped so, it may change again until the commit, as nobody counts it before. A crash or
 * rollback anywhere leaves the newest slot stamped C or lower untouched, and recovery erases higher stamps.
 *
 * <p><b>Why a reader never takes a place that was not committed.</b> It reads commitSequence c first (acquire) and takes the
 * newest slot stamped c or lower. All attempts at commits up to c were over before c was stored, so such a slot cannot be one
 * that is rolled back and written anew. It can only be overwritten by the eighth commit after it, which is excluded: after
 * the copy and a load fence, either commitSequence has grown by six at most, or the slot's stamp is read again and is the
 * same; overwriting starts with erasing it.
 */
final class PlaceLayout {
    static final int STAMP_OFFSET = 0;
    static final int ORIGIN_OFFSET = STAMP_OFFSET + Long.BYTES;
    static final int TIMELINE_OFFSET = ORIGIN_OFFSET + Long.BYTES;
    static final int POSITION_OFFSET = TIMELINE_OFFSET + Long.BYTES;
    static final int NUMBER_OFFSET = POSITION_OFFSET + Long.BYTES;
    static final int CONSUMED_POSITION_OFFSET = NUMBER_OFFSET + Long.BYTES;
    static final int CONSUMED_NUMBER_OFFSET = CONSUMED_POSITION_OFFSET + Long.BYTES;
    static final int SLOT_LENGTH = 64;
    static final int SLOTS = 8;
    static final int LENGTH = SLOTS * SLOT_LENGTH;

    static final long ERASED = 0;

    /** Far beyond what a ring can carry in a century; sums with it do not overflow. */
    static final long MAX_POSITION = 1L << 62;

    private PlaceLayout() {}

    /** Offset in {@code slots} of the newest slot stamped {@code committed} or lower, -1 if there is none. */
    static int newest(byte[] slots, int from, long committed) {
        int newest = -1;
        long highest = 0;
        for (int at = from; at < from + LENGTH; at += SLOT_LENGTH) {
            long stamp = NativeWords.get(slots, at + STAMP_OFFSET);
            if (stamp > highest && stamp <= committed) {
                highest = stamp;
                newest = at;
            }
        }
        return newest;
    }

    /** Where the newest slot stamped {@code committed} or lower lies, -1 if there is none. */
    static long newest(Memory memory, long slots, long committed) {
        long newest = -1;
        long highest = 0;
        for (int i = 0; i < SLOTS; i++) {
            long slot = slots + (long) i * SLOT_LENGTH;
            long stamp = memory.getLong(slot);
            if (stamp > highest && stamp <= committed) {
                highest = stamp;
                newest = slot;
            }
        }
        return newest;
    }

    /** Whether a place read from memory can be. */
    static boolean plausible(long position, long number) {
        return position >= 0
                && position <= MAX_POSITION
                && (position & 7) == 0
                && number >= 0
                && number <= position / RingLayout.MESSAGE_OFFSET;
    }

    /** Erases the slots stamped higher than a commit. May be repeated after a crash at any store. */
    static void eraseAbove(Memory memory, long slots, long committed) {
        for (int i = 0; i < SLOTS; i++) {
            long slot = slots + (long) i * SLOT_LENGTH;
            long stamp = memory.getLong(slot);
            if (stamp < 0 || stamp > committed) {
                memory.putLongRelease(slot, ERASED);
            }
        }
    }

    /** The same in a private copy. */
    static void eraseAbove(byte[] slots, int from, long committed) {
        for (int at = from; at < from + LENGTH; at += SLOT_LENGTH) {
            long stamp = NativeWords.get(slots, at + STAMP_OFFSET);
            if (stamp < 0 || stamp > committed) {
                NativeWords.put(slots, at + STAMP_OFFSET, ERASED);
            }
        }
    }

    /** Whether a slot is stamped higher than a commit. */
    static boolean changedSince(Memory memory, long slots, long committed) {
        for (int i = 0; i < SLOTS; i++) {
            if (memory.getLong(slots + (long) i * SLOT_LENGTH) > committed) {
                return true;
            }
        }
        return false;
    }

    /** Position of the newest slot stamped {@code committed} or lower, 0 if there is none. */
    static long position(Memory memory, long slots, long committed) {
        long newest = newest(memory, slots, committed);
        return newest < 0 ? 0 : memory.getLong(newest + POSITION_OFFSET);
    }
}
