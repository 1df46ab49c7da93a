package io.coppice.state;

/**
 * The size that a daemon's segment is to have. One that was made with another is replaced by one of this size that holds the same, when
 * its next owner opens it ({@link SegmentFile#openOwned(java.nio.file.Path, java.nio.file.Path, java.nio.file.Path, long, long, String, String, Fence,
 * SegmentSize, java.util.function.Consumer)}).
 *
 * @param stateBytes as in {@link SegmentSpec}
 * @param checkpoints as in {@link SegmentSpec}
 * @param requests entries of the table of requests, as in {@link OwnedSegment#requests}; 0 of a daemon that has no transactions:
 *     a table that it once had stays as it is, and is made as small as what it holds where the size is another one anyway
 * @param inputBytes the longest input that the table takes
 */
public record SegmentSize(long stateBytes, int checkpoints, int requests, int inputBytes) {
    /** Of a daemon that has no transactions. */
    public SegmentSize(long stateBytes, int checkpoints) {
        this(stateBytes, checkpoints, 0, 0);
    }

    SegmentSpec spec(Header header) {
        return new SegmentSpec(header.instance(), header.name(), header.kind(), stateBytes, checkpoints);
    }

    /**
     * Whether a segment has it already. It need not be recovered; of one whose directory is damaged the answer is that it has, since
     * nothing can be carried over.
     */
    boolean isThatOf(Memory memory, Header header) {
        return header.stateBytes() == stateBytes
                && header.checkpoints() == checkpoints
                && (requests == 0 || hasTable(memory, header.geometry()));
    }

    /** In a cold worker's way to its first commit: the descriptions are not read, but for the lengths of the blocks. */
    private boolean hasTable(Memory memory, SegmentGeometry geometry) {
        long at = geometry.arenaOffset() + ArenaLayout.FIRST_BLOCK_OFFSET;
        long allocated = memory.getLong(geometry.arenaOffset() + ArenaLayout.ALLOCATED_BYTES_OFFSET);
        long room = geometry.arenaLength() - ArenaLayout.FIRST_BLOCK_OFFSET;
        long end = at + Math.max(0, Math.min(allocated, room));
        while (at <= end - ArenaLayout.FIELDS_OFFSET) {
            if (memory.getInt(at + ArenaLayout.TYPE_OFFSET) == StructureType.REQUESTS.code()) {
                return memory.getLong(at + ArenaLayout.PARAMETER_0_OFFSET) == requests
                        && memory.getLong(at + ArenaLayout.PARAMETER_2_OFFSET) == inputBytes;
            }
            long total = memory.getLong(at + ArenaLayout.TOTAL_BYTES_OFFSET);
            if (total < ArenaLayout.FIELDS_OFFSET || total > end - at || (total & 7) != 0) {
                return true;
            }
            at += total;
        }
        return true;
    }
}
