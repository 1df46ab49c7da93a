package io.coppice.ops.demo.job;

/**
 * How a state of a given size is divided: half for long words, half for the map, of which at most half is the table
 * and the remainder holds the keys that the table itself has no room for. Pure.
 *
 * @param maxWords different words in the map
 * @param keyPoolBytes for the letters of the map's keys
 * @param longWordRows pieces of long words, {@link LongWords#PIECE_LETTERS} each
 */
record WordCountSizes(int maxWords, long keyPoolBytes, int longWordRows) {
    /** For the small records, the table of long words, and the directory. */
    static final int RESERVED_BYTES = 64 << 10;

    /** Bytes of the map's table for each entry, of which three in four can be used; see {@code State.stringLongMap}. */
    private static final int ENTRY_BYTES = 32;

    private static final int MAP_HEADER_BYTES = 1024;

    /**
     * @param freeBytes room for structures in an empty state
     * @throws StateTooSmallException if there is no room for anything
     */
    static WordCountSizes of(long freeBytes) throws StateTooSmallException {
        long usable = freeBytes - RESERVED_BYTES;
        int longWordRows = (int) Math.min(1 << 16, usable / 2 / LongWords.ROW_BYTES);
        long forMap = usable - (long) longWordRows * LongWords.ROW_BYTES - MAP_HEADER_BYTES;
        if (longWordRows < 1 || forMap < 8 * ENTRY_BYTES) {
            throw new StateTooSmallException(
                    "The state has " + freeBytes + " bytes for data; counting words takes a state of "
                            + (WordCountDaemon.SMALLEST_STATE_BYTES >> 10) + "KiB or more",
                    null);
        }
        int entries = 8;
        while (entries < 1 << 25 && 2L * entries * ENTRY_BYTES <= forMap / 2) {
            entries *= 2;
        }
        return new WordCountSizes(entries / 4 * 3, forMap - (long) entries * ENTRY_BYTES, longWordRows);
    }
}
