package io.coppice.state;

/**
 * Data of an append log: header, index, bytes; native byte order, layout version 4. Under commits.
 *
 * <pre>
 *  header, 64 bytes
 *  offset bytes field
 *       0     8 firstSequence   of the oldest entry kept; nextSequence if none is
 *       8     8 nextSequence    of the entry that will be appended next; 0 at first
 *      16     8 nextPosition    where its bytes will start: bytes ever appended, each entry padded to 8
 *      24    40 padding
 *
 *  index: what the entry of sequence s is, at 64 + 16 * (s mod capacityEntries)
 *       0     8 position        where its bytes start; the next entry's position is this + length, padded to 8
 *       8     8 length          0 to capacityBytes
 *
 *  bytes: a ring of capacityBytes, a multiple of 8, behind the index; the byte of position p lies at p mod capacityBytes
 * </pre>
 *
 * An entry that meets the end of the ring goes on at its start: it is copied in two pieces, rather than padded to begin at the
 * start. So room is a sum of lengths, an entry of up to capacityBytes fits whatever came before, and no entry is there that
 * nobody appended. Positions only grow, so that they order the entries and can be checked against each other.
 */
final class AppendLogLayout {
    static final int FIRST_SEQUENCE_OFFSET = 0;
    static final int NEXT_SEQUENCE_OFFSET = FIRST_SEQUENCE_OFFSET + Long.BYTES;
    static final int NEXT_POSITION_OFFSET = NEXT_SEQUENCE_OFFSET + Long.BYTES;
    static final int HEADER_LENGTH = 64;

    static final int INDEX_POSITION_OFFSET = 0;
    static final int INDEX_LENGTH_OFFSET = INDEX_POSITION_OFFSET + Long.BYTES;
    static final int INDEX_ENTRY_LENGTH = INDEX_LENGTH_OFFSET + Long.BYTES;

    private AppendLogLayout() {}

    static long dataLength(int capacityEntries, long capacityBytes) {
        return HEADER_LENGTH + (long) capacityEntries * INDEX_ENTRY_LENGTH + capacityBytes;
    }

    static long indexOffset(long data, long sequence, int capacityEntries) {
        return data + HEADER_LENGTH + sequence % capacityEntries * INDEX_ENTRY_LENGTH;
    }

    static long bytesOffset(long data, int capacityEntries) {
        return data + HEADER_LENGTH + (long) capacityEntries * INDEX_ENTRY_LENGTH;
    }

    /** What an entry of that length takes of the ring. */
    static long padded(long lengthBytes) {
        return (lengthBytes + Long.BYTES - 1) & -Long.BYTES;
    }
}
