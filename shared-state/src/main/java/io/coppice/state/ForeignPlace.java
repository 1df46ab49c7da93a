package io.coppice.state;

/**
 * A place in somebody else's segment as of a commit, in a private copy; {@link PlaceLayout} argues why it is one that was
 * committed. One thread; allocates nothing.
 */
final class ForeignPlace {
    /** Tries of one read. The writer must move the place eight times within one copy to spoil one. */
    private static final int ATTEMPTS = 64;

    private final Memory memory;
    private final byte[] slots = new byte[PlaceLayout.LENGTH];
    private int newest = -1;
    private boolean latest;
    private long committed;

    ForeignPlace(Memory memory) {
        this.memory = memory;
    }

    /**
     * Copies the place.
     *
     * @param offset of its slots; checked by the memory
     * @return false if the writer was too fast every time; the fields are then meaningless
     */
    boolean read(long offset) {
        committed = memory.getLongAcquire(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
        if (readNext(offset)) {
            return true;
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            committed = memory.getLongAcquire(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
            memory.getBytes(offset, slots, 0, slots.length);
            memory.loadFence();
            newest = PlaceLayout.newest(slots, 0, committed);
            latest = isLatest();
            if (latest || (newest >= 0 && memory.getLong(offset + newest) == NativeWords.get(slots, newest))) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /**
     * Copies the one slot that the next commit after the last seen uses, an eighth of the lines that the writer stores to. No
     * other can be stamped with the number of a commit, so if this one is stamped {@link #committed} it is the newest, wherever
     * it was expected; that it was not being overwritten is seen as {@link PlaceLayout} says.
     */
    private boolean readNext(long offset) {
        int next = newest < 0 ? 0 : (newest + PlaceLayout.SLOT_LENGTH) & (PlaceLayout.LENGTH - 1);
        memory.getBytes(offset + next, slots, next, PlaceLayout.SLOT_LENGTH);
        memory.loadFence();
        if (committed == 0 || NativeWords.get(slots, next + PlaceLayout.STAMP_OFFSET) != committed) {
            return false;
        }
        newest = next;
        latest = isLatest();
        return latest;
    }

    /** Whether the writer has not come round to the slots copied since {@link #committed} was read. */
    private boolean isLatest() {
        long since = memory.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET) - committed;
        return since >= 0 && since < PlaceLayout.SLOTS - 1;
    }

    /** The commit sequence read before the copy. */
    long committed() {
        return committed;
    }

    /** Whether it is surely the newest place of {@link #committed}, and not one of a little earlier. */
    boolean latest() {
        return latest;
    }

    /** Whether the place was never moved; all fields are 0 then. */
    boolean isEmpty() {
        return newest < 0;
    }

    boolean plausible() {
        return PlaceLayout.plausible(position(), number());
    }

    long origin() {
        return word(PlaceLayout.ORIGIN_OFFSET);
    }

    long timeline() {
        return word(PlaceLayout.TIMELINE_OFFSET);
    }

    long position() {
        return word(PlaceLayout.POSITION_OFFSET);
    }

    long number() {
        return word(PlaceLayout.NUMBER_OFFSET);
    }

    private long word(int offset) {
        return newest < 0 ? 0 : NativeWords.get(slots, newest + offset);
    }
}
