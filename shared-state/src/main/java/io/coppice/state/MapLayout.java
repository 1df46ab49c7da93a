package io.coppice.state;

/**
 * Data of the maps: header, entries, and then cells (keys that are byte strings) and slots (values that are records) if the
 * map has them; native byte order, layout version 4. Under commits.
 *
 * <pre>
 *  header, 64 bytes
 *  offset bytes field
 *       0     8 size          keys present
 *       8     8 freshCells    cells 0 to freshCells - 1 have been used at least once
 *      16     8 freeHead      1 + index of the first free cell among those, 0 none
 *      24     8 freeCells     cells in that list
 *      32     8 hashSeed      fixed at creation
 *      40     8 freshSlots    slots 0 to freshSlots - 1 have been used at least once
 *      48     8 freeSlotHead  1 + index of the first free slot among those, 0 none; freshSlots - size are in that list
 *      56     8 padding
 *
 *  entries: a power of two, at least 4/3 of the capacity; open addressing, linear probing from hash modulo their number,
 *  removal shifts back, so there are no tombstones
 *
 *  entry of a byte string, 32 bytes
 *       0     8 hash          of the key; 0 means the entry is empty
 *       8     8 value         the long, or 1 + index of the record's slot
 *      16     8 key           lengthBytes 32 (high), 1 + index of the first cell 32 (low; 0 none)
 *      24     8 prefix        the key's first 8 bytes, zero padded: short keys need no cell
 *
 *  entry of a long, 16 bytes: four in a cache line. The hash is a bijection of the key and stands for it
 *       0     8 hash          of the key; 0 means the entry is empty
 *       8     8 value         the long, or 1 + index of the record's slot
 *  one entry more, behind the others, for the one key whose hash is 0
 *       0     8 present       1 if that key is in the map, else 0
 *       8     8 value
 *
 *  cell, 32 bytes; the rest of a longer key in a chain of ceil((length - 8) / 24) cells
 *       0     8 next          1 + index of the next cell of the key, or of the free list; 0 none
 *       8    24 bytes         zero padded
 *
 *  slot, 8 bytes and a record; as many as the capacity
 *       0     8 next          -1 while it holds the record of a key; else 1 + index of the next free slot, 0 none
 *       8   ... record        zeroed when a key gets the slot
 * </pre>
 */
final class MapLayout {
    static final int SIZE_OFFSET = 0;
    static final int FRESH_CELLS_OFFSET = SIZE_OFFSET + Long.BYTES;
    static final int FREE_HEAD_OFFSET = FRESH_CELLS_OFFSET + Long.BYTES;
    static final int FREE_CELLS_OFFSET = FREE_HEAD_OFFSET + Long.BYTES;
    static final int HASH_SEED_OFFSET = FREE_CELLS_OFFSET + Long.BYTES;
    static final int FRESH_SLOTS_OFFSET = HASH_SEED_OFFSET + Long.BYTES;
    static final int FREE_SLOT_HEAD_OFFSET = FRESH_SLOTS_OFFSET + Long.BYTES;
    static final int HEADER_LENGTH = 64;

    static final int ENTRY_HASH_OFFSET = 0;
    static final int ENTRY_VALUE_OFFSET = ENTRY_HASH_OFFSET + Long.BYTES;
    static final int LONG_ENTRY_LENGTH = ENTRY_VALUE_OFFSET + Long.BYTES;
    static final int ENTRY_KEY_OFFSET = ENTRY_VALUE_OFFSET + Long.BYTES;
    static final int ENTRY_PREFIX_OFFSET = ENTRY_KEY_OFFSET + Long.BYTES;
    static final int BYTES_ENTRY_LENGTH = ENTRY_PREFIX_OFFSET + Long.BYTES;
    static final int PREFIX_BYTES = Long.BYTES;

    /** In the place of the hash, of the entry behind the others. */
    static final long PRESENT = 1;

    static final int CELL_NEXT_OFFSET = 0;
    static final int CELL_BYTES_OFFSET = CELL_NEXT_OFFSET + Long.BYTES;
    static final int CELL_PAYLOAD = 24;
    static final int CELL_LENGTH = CELL_BYTES_OFFSET + CELL_PAYLOAD;

    static final int SLOT_NEXT_OFFSET = 0;
    static final int SLOT_RECORD_OFFSET = SLOT_NEXT_OFFSET + Long.BYTES;
    static final long SLOT_TAKEN = -1;

    static final int MAX_CAPACITY = 1 << 25;

    private MapLayout() {}

    /** Entries for a capacity: a power of two, so that at most three in four are ever taken. */
    static long entries(int capacity) {
        long least = Math.max(8, capacity + (capacity + 2L) / 3);
        return Long.highestOneBit(least - 1) << 1;
    }

    static long entryOffset(long data, long entry, int entryLength) {
        return data + HEADER_LENGTH + entry * entryLength;
    }

    static int cells(int keyLengthBytes) {
        return keyLengthBytes <= PREFIX_BYTES ? 0 : (keyLengthBytes - PREFIX_BYTES + CELL_PAYLOAD - 1) / CELL_PAYLOAD;
    }

    /** Where the cells start, from the start of the data. */
    static long cellsOffset(int capacity) {
        return entryOffset(0, entries(capacity), BYTES_ENTRY_LENGTH);
    }

    /** Bytes of a map from longs without its slots, which start there. */
    static long longKeysLength(int capacity) {
        return entryOffset(0, entries(capacity) + 1, LONG_ENTRY_LENGTH);
    }

    /** Bytes of a map from byte strings without its slots, which start there. */
    static long byteKeysLength(int capacity, long cells) {
        return cellsOffset(capacity) + cells * CELL_LENGTH;
    }

    static long slotLength(int recordBytes) {
        return SLOT_RECORD_OFFSET + (long) recordBytes;
    }

    static long slotsLength(int capacity, int recordBytes) {
        return capacity * slotLength(recordBytes);
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

    /** Of a byte string; never 0. */
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

    /** Of a long: a bijection, so 0 for exactly one key, the seed itself. */
    static long hash(long key, long seed) {
        return mix(key ^ seed);
    }

    /** The key that has that hash. */
    static long key(long hash, long seed) {
        return unmix(hash) ^ seed;
    }

    /** The finisher of splitmix64 (Steele, Lea, Flood): a bijection, every input bit moves every output bit. */
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** Undoes {@link #mix} step by step; the factors are the inverses of its factors modulo 2^64. */
    private static long unmix(long value) {
        long z = (value ^ (value >>> 31) ^ (value >>> 62)) * 0x319642b2d24d8ec3L;
        z = (z ^ (z >>> 27) ^ (z >>> 54)) * 0x96de1b173f119089L;
        return z ^ (z >>> 30) ^ (z >>> 60);
    }
}
