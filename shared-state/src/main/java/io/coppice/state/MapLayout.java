package io.coppice.state;

/**
 * Data of a string-to-long map: header, entries, cells; native byte order, layout version 2. Under commits.
 *
 * <pre>
 *  header, 64 bytes
 *  offset bytes field
 *       0     8 size          keys present
 *       8     8 freshCells    cells 0 to freshCells - 1 have been used at least once
 *      16     8 freeHead      1 + index of the first free cell among those, 0 none
 *      24     8 freeCells     cells in that list
 *      32     8 hashSeed      fixed at creation
 *      40    24 padding
 *
 *  entry, 32 bytes; a power of two of them, at least 4/3 of the capacity; open addressing, linear probing,
 *  removal shifts back, so there are no tombstones
 *       0     8 hash          of the key; 0 means the entry is empty
 *       8     8 value
 *      16     8 key           lengthBytes 32 (high), 1 + index of the first cell 32 (low; 0 none)
 *      24     8 prefix        the key's first 8 bytes, zero padded: short keys need no cell
 *
 *  cell, 32 bytes; the rest of a longer key in a chain of ceil((length - 8) / 24) cells
 *       0     8 next          1 + index of the next cell of the key, or of the free list; 0 none
 *       8    24 bytes         zero padded
 * </pre>
 */
final class MapLayout {
    static final int SIZE_OFFSET = 0;
    static final int FRESH_CELLS_OFFSET = SIZE_OFFSET + Long.BYTES;
    static final int FREE_HEAD_OFFSET = FRESH_CELLS_OFFSET + Long.BYTES;
    static final int FREE_CELLS_OFFSET = FREE_HEAD_OFFSET + Long.BYTES;
    static final int HASH_SEED_OFFSET = FREE_CELLS_OFFSET + Long.BYTES;
    static final int HEADER_LENGTH = 64;

    static final int ENTRY_HASH_OFFSET = 0;
    static final int ENTRY_VALUE_OFFSET = ENTRY_HASH_OFFSET + Long.BYTES;
    static final int ENTRY_KEY_OFFSET = ENTRY_VALUE_OFFSET + Long.BYTES;
    static final int ENTRY_PREFIX_OFFSET = ENTRY_KEY_OFFSET + Long.BYTES;
    static final int ENTRY_LENGTH = ENTRY_PREFIX_OFFSET + Long.BYTES;
    static final int PREFIX_BYTES = Long.BYTES;

    static final int CELL_NEXT_OFFSET = 0;
    static final int CELL_BYTES_OFFSET = CELL_NEXT_OFFSET + Long.BYTES;
    static final int CELL_PAYLOAD = 24;
    static final int CELL_LENGTH = CELL_BYTES_OFFSET + CELL_PAYLOAD;

    static final int MAX_CAPACITY = 1 << 25;

    private MapLayout() {}

    /** Entries for a capacity: a power of two, so that at most three in four are ever taken. */
    static long entries(int capacity) {
        long least = Math.max(8, capacity + (capacity + 2L) / 3);
        return Long.highestOneBit(least - 1) << 1;
    }

    static int cells(int keyLengthBytes) {
        return keyLengthBytes <= PREFIX_BYTES ? 0 : (keyLengthBytes - PREFIX_BYTES + CELL_PAYLOAD - 1) / CELL_PAYLOAD;
    }

    static long dataLength(int capacity, long cells) {
        return HEADER_LENGTH + entries(capacity) * ENTRY_LENGTH + cells * CELL_LENGTH;
    }

    static long packKey(int lengthBytes, long firstCell) {
        return (long) lengthBytes << 32 | firstCell;
    }

    static int keyLength(long key) {
        return (int) (key >>> 32);
    }

    static long firstCell(long key) {
        return key & 0xffffffffL;
    }

    static long entryOffset(long data, long entry) {
        return data + HEADER_LENGTH + entry * ENTRY_LENGTH;
    }

    /** Never 0. */
    static long hash(byte[] key, int from, int length, long seed) {
        long hash = seed ^ (length * 0x9e3779b97f4a7c15L);
        int at = from;
        int left = length;
        while (left > 0) {
            int take = Math.min(left, Long.BYTES);
            hash = mix(hash ^ NativeWords.partial(key, at, take));
            at += take;
            left -= take;
        }
        return hash == 0 ? 1 : hash;
    }

    /** The finisher of splitmix64 (Steele, Lea, Flood): a bijection, every input bit moves every output bit. */
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
