package io.coppice.state;

/**
 * Data of a set of counters: header, values, labels; native byte order, layout version 4. Under commits.
 *
 * <pre>
 *  header, 64 bytes
 *  offset bytes field
 *       0     8 count    counters that exist, 0 to the capacity; they are never removed
 *       8    56 padding
 *
 *  values: 8 bytes for each of the capacity, in the order of creation, padded to 64
 *
 *  label, 56 bytes; one for each of the capacity, in the same order
 *       0     8 length   1 to 48
 *       8    48 label    UTF-8, zero padded; unlike any other
 * </pre>
 *
 * A value has no line of its own. Padding keeps writers apart that would share a line, and a segment has one writer. Readers
 * copy: each line that one has looked at costs the writer one transfer when it stores there next, so eight values a line
 * cost it an eighth, and the labels, which nobody stores to, nothing.
 */
final class CountersLayout {
    static final int COUNT_OFFSET = 0;
    static final int HEADER_LENGTH = 64;
    static final int VALUES_ALIGNMENT = 64;

    static final int LABEL_LENGTH_OFFSET = 0;
    static final int LABEL_BYTES_OFFSET = LABEL_LENGTH_OFFSET + Long.BYTES;
    static final int LABEL_LENGTH = LABEL_BYTES_OFFSET + RecordLayout.MAX_NAME_BYTES;

    private CountersLayout() {}

    static long dataLength(int capacity) {
        return labelOffset(0, capacity, capacity);
    }

    static long valueOffset(long data, long index) {
        return data + HEADER_LENGTH + index * Long.BYTES;
    }

    static long labelOffset(long data, long index, int capacity) {
        return data + HEADER_LENGTH + Align.up((long) capacity * Long.BYTES, VALUES_ALIGNMENT) + index * LABEL_LENGTH;
    }
}
