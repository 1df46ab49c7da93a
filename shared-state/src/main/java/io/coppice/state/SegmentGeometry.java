package io.coppice.state;

/** Where the parts of a segment of a given length lie. Computed, and compared with what a header says. */
record SegmentGeometry(
        long lengthBytes, long undoOffset, long undoLength, long publishOffset, long arenaOffset, long arenaLength) {
    /** An undo log smaller than this would be filled by the creation of one structure with many fields. */
    static final long MIN_UNDO_LENGTH = 16L << 10;

    /** 300,000 one-word changes in one commit; more would only make recovery slow. */
    static final long MAX_UNDO_LENGTH = 8L << 20;

    static final long PAGE = 4096;

    static SegmentGeometry of(long lengthBytes) {
        long undoLength = Math.min(MAX_UNDO_LENGTH, Math.max(MIN_UNDO_LENGTH, Align.up(lengthBytes / 8, PAGE)));
        long undoOffset = HeaderLayout.LENGTH;
        long publishOffset = undoOffset + undoLength;
        long arenaOffset = publishOffset + PublishLayout.AREA_LENGTH;
        return new SegmentGeometry(
                lengthBytes, undoOffset, undoLength, publishOffset, arenaOffset, (lengthBytes - arenaOffset) & -8L);
    }
}
