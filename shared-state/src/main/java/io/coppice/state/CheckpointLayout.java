package io.coppice.state;

/**
 * The area of one checkpoint, behind the arena, native byte order, layout version 4: a page that describes it and a copy of
 * the arena's used bytes. Written by the owner between two commits; an area is always wholly of one checkpoint or of none.
 *
 * <pre>
 *  offset bytes field
 *       0     8 number          0 while the area is written (release, then a fence), or none; stored last (release): 1 the
 *                               segment's first checkpoint, one more for each
 *       8     8 timeline        of the commit
 *      16     8 commitSequence  whose contents this is
 *      24     8 dataLength      bytes of the arena copied; it held zeros behind them
 *      32     8 createdEpochMs
 *      40     8 dataChecksum    CRC32C of the data, zero extended
 *      48     8 headerChecksum  CRC32C of bytes 0 to 47 as they are once the number is stored, zero extended
 *      56  4040 padding
 *    4096       data            padded to whole pages
 * </pre>
 */
final class CheckpointLayout {
    static final int NUMBER_OFFSET = 0;
    static final int TIMELINE_OFFSET = NUMBER_OFFSET + Long.BYTES;
    static final int COMMIT_SEQUENCE_OFFSET = TIMELINE_OFFSET + Long.BYTES;
    static final int DATA_LENGTH_OFFSET = COMMIT_SEQUENCE_OFFSET + Long.BYTES;
    static final int CREATED_EPOCH_MS_OFFSET = DATA_LENGTH_OFFSET + Long.BYTES;
    static final int DATA_CHECKSUM_OFFSET = CREATED_EPOCH_MS_OFFSET + Long.BYTES;
    static final int HEADER_CHECKSUM_OFFSET = DATA_CHECKSUM_OFFSET + Long.BYTES;
    static final int HEADER_LENGTH = HEADER_CHECKSUM_OFFSET + Long.BYTES;
    static final int DATA_OFFSET = 4096;

    static final long NONE = 0;

    private CheckpointLayout() {}
}
