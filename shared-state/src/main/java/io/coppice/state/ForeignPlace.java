package io.coppice.state;

/**
 * A place in somebody else's segment as of a commit, in a private copy; {@link PlaceLayout} argues why it is one that was
 * committed. One thread; allocates nothing.
 */
final class ForeignPlace {
    /** Tries of one read. The writer must move the place eight times within one copy to spoil one. */
    private static final int ATTEMPTS = 64;

    private final Memory memory;
    private final int lead;
    private final byte[] copy;
    private long from;
    private int newest = -1;
    private boolean latest;
    private long committed;

    /** @param leadBytes copied with the place, from before it */
    ForeignPlace(Memory memory, int leadBytes) {
        this.memory = memory;
        this.lead = leadBytes;
        this.copy = new byte[leadBytes + PlaceLayout.LENGTH];
    }

    /**
     * Copies the place.
     *
     * @param offset of its slots; checked by the memory
     * @return false if the writer was too fast every time; the fields are then meaningless
     */
    boolean read(long offset) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            copy(offset, memory.getLongAcquire(HeaderLayout.COMMIT_SEQUENCE_OFFSET));
            if (confirm(memory.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET))) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /**
     * The first half of {@link #read}, for who has read the commit sequence anyway, and does so again.
     *
     * @param asOf commit sequence, read before (acquire)
     */
    void copy(long offset, long asOf) {
        int next = lead + (newest < 0 ? 0 : (newest - lead + PlaceLayout.SLOT_LENGTH) & (PlaceLayout.LENGTH - 1));
        from = offset - lead;
        committed = asOf;
        latest = false;
        memory.getBytes(from, copy, 0, copy.length);
        memory.loadFence();
        // No other slot can have the number of a commit, so if one has it is the newest, wherever it was expected.
        newest = asOf != 0 && NativeWords.get(copy, next) == asOf ? next : PlaceLayout.newest(copy, lead, asOf);
    }

    /**
     * Whether what {@link #copy} copied was not being overwritten, as {@link PlaceLayout} says.
     *
     * @param current commit sequence, read after it
     */
    boolean confirm(long current) {
        long since = current - committed;
        latest = since >= 0 && since < PlaceLayout.SLOTS - 1;
        return latest || (newest >= 0 && memory.getLong(from + newest) == NativeWords.get(copy, newest));
    }

    /** A word of what lies before the place, copied with it. */
    long leadWord(int at) {
        return NativeWords.get(copy, at);
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
        return newest < 0 ? 0 : NativeWords.get(copy, newest + offset);
    }
}
