package io.coppice.state;

/** An append log in a private copy. Immutable, any thread. */
public final class AppendLogView {
    private final StructureInfo info;
    private final byte[] data;
    private final long first;
    private final long next;

    private AppendLogView(StructureInfo info, byte[] data, long first, long next) {
        this.info = info;
        this.data = data;
        this.first = first;
        this.next = next;
    }

    /** Each entry must start where the one before ends, the last one end at nextPosition, and all of them fit the ring. */
    static AppendLogView checked(StructureInfo info, byte[] data) {
        long first = NativeWords.get(data, AppendLogLayout.FIRST_SEQUENCE_OFFSET);
        long next = NativeWords.get(data, AppendLogLayout.NEXT_SEQUENCE_OFFSET);
        long end = NativeWords.get(data, AppendLogLayout.NEXT_POSITION_OFFSET);
        require(
                first >= 0 && next >= first && next - first <= info.capacity(),
                info,
                "firstSequence " + first + ", nextSequence " + next);
        require(end >= 0 && end % Long.BYTES == 0, info, "nextPosition " + end);
        AppendLogView view = new AppendLogView(info, data, first, next);
        long left = info.parameter2();
        for (long sequence = next - 1; sequence >= first; sequence--) {
            long position = view.word(sequence, AppendLogLayout.INDEX_POSITION_OFFSET);
            long length = view.word(sequence, AppendLogLayout.INDEX_LENGTH_OFFSET);
            require(length >= 0 && length <= left, info, "entry " + sequence + " of " + length + " bytes");
            long padded = AppendLogLayout.padded(length);
            left -= padded;
            end -= padded;
            require(position >= 0 && position == end, info, "entry " + sequence + " at position " + position);
        }
        return view;
    }

    /** Entries kept. */
    public int size() {
        return (int) (next - first);
    }

    /** Sequence of the oldest entry kept; {@link #nextSequence()} if none is. */
    public long firstSequence() {
        return first;
    }

    /** Sequence of the entry that will be appended next. */
    public long nextSequence() {
        return next;
    }

    /** Most entries it can hold. */
    public int capacityEntries() {
        return info.capacity();
    }

    /** Most bytes it can hold, each entry padded to 8. */
    public long capacityBytes() {
        return info.parameter2();
    }

    /** Bytes that its entries take, each padded to 8. */
    public long usedBytes() {
        long used = 0;
        for (long sequence = first; sequence < next; sequence++) {
            used += AppendLogLayout.padded(word(sequence, AppendLogLayout.INDEX_LENGTH_OFFSET));
        }
        return used;
    }

    /**
     * A copy of one entry.
     *
     * @param sequence {@link #firstSequence()} to {@link #nextSequence()} - 1
     * @throws IndexOutOfBoundsException if there is no entry of that sequence
     */
    public byte[] entry(long sequence) {
        if (sequence < first || sequence >= next) {
            throw new IndexOutOfBoundsException(
                    "No entry " + sequence + " in append log " + info.name() + AppendLog.kept(first, next));
        }
        byte[] entry = new byte[(int) word(sequence, AppendLogLayout.INDEX_LENGTH_OFFSET)];
        int ring = (int) info.parameter2();
        int at = (int) (word(sequence, AppendLogLayout.INDEX_POSITION_OFFSET) % ring);
        int bytes = (int) AppendLogLayout.bytesOffset(0, info.capacity());
        int piece = Math.min(entry.length, ring - at);
        System.arraycopy(data, bytes + at, entry, 0, piece);
        System.arraycopy(data, bytes, entry, piece, entry.length - piece);
        return entry;
    }

    private long word(long sequence, int offset) {
        return NativeWords.get(data, (int) AppendLogLayout.indexOffset(0, sequence, info.capacity()) + offset);
    }

    private static void require(boolean condition, StructureInfo info, String problem) {
        if (!condition) {
            throw new SegmentDamagedException("Append log " + info.name() + " is damaged: " + problem
                    + "; it has room for " + info.capacity() + " entries and " + info.parameter2() + " bytes.");
        }
    }
}
