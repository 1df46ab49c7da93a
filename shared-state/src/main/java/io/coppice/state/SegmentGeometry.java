package io.coppice.state;

/**
 * Where the parts of a segment lie. Computed, and compared with what a header says. Undo log and arena depend on the declared
 * bytes of state only, so that contents fit whatever number of checkpoints is kept behind them.
 *
 * @param stateBytes declared for the state
 * @param checkpoints areas behind the arena, each from a page boundary
 */
record SegmentGeometry(
        long stateBytes,
        int checkpoints,
        long undoOffset,
        long undoLength,
        long publishOffset,
        long arenaOffset,
        long arenaLength) {
    /** An undo log smaller than this would be filled by the creation of one structure with many fields. */
    static final long MIN_UNDO_LENGTH = 16L << 10;

    /** 300,000 one-word changes in one commit; more would only make recovery slow. */
    static final long MAX_UNDO_LENGTH = 8L << 20;

    static final long PAGE = 4096;

    /** Of a segment without checkpoints. */
    static SegmentGeometry of(long stateBytes) {
        return of(stateBytes, 0);
    }

    static SegmentGeometry of(long stateBytes, int checkpoints) {
        long undoLength = Math.min(MAX_UNDO_LENGTH, Math.max(MIN_UNDO_LENGTH, Align.up(stateBytes / 8, PAGE)));
        long undoOffset = HeaderLayout.LENGTH;
        long publishOffset = undoOffset + undoLength;
        long arenaOffset = publishOffset + PublishLayout.AREA_LENGTH;
        return new SegmentGeometry(
                stateBytes,
                checkpoints,
                undoOffset,
                undoLength,
                publishOffset,
                arenaOffset,
                (stateBytes - arenaOffset) & -8L);
    }

    /** Length of the file. */
    long lengthBytes() {
        return checkpoints == 0 ? stateBytes : checkpointOffset(checkpoints);
    }

    /** Where a checkpoint's area starts, 0 the first. */
    long checkpointOffset(int area) {
        return Align.up(stateBytes, PAGE) + area * checkpointLength();
    }

    private long checkpointLength() {
        return CheckpointLayout.DATA_OFFSET + Align.up(arenaLength, PAGE);
    }
}
