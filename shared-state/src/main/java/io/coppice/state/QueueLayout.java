package io.coppice.state;

/**
 * Data of a queue: header, then a ring of records; native byte order, layout version 4. Under commits.
 *
 * <pre>
 *  header, 64 bytes
 *  offset bytes field
 *       0     8 removed   records ever removed; the oldest one present is number {@code removed}
 *       8     8 added     records ever added; {@code added - removed}, 0 to the capacity, are present
 *      16    48 padding
 *
 *  ring: record number n lies at 64 + (n mod capacity) * recordBytes; a record that is not present holds leftovers
 * </pre>
 *
 * Counts that only grow, rather than two positions in the ring, so that one word tells of each operation, full and empty
 * differ, and a view can check them against each other.
 */
final class QueueLayout {
    static final int REMOVED_OFFSET = 0;
    static final int ADDED_OFFSET = REMOVED_OFFSET + Long.BYTES;
    static final int HEADER_LENGTH = 64;

    private QueueLayout() {}

    static long dataLength(int capacity, int recordBytes) {
        return HEADER_LENGTH + (long) capacity * recordBytes;
    }

    static long recordOffset(long data, long number, int capacity, int recordBytes) {
        return data + HEADER_LENGTH + number % capacity * recordBytes;
    }
}
