package io.coppice.state;

/**
 * The arena: a header and then one block per structure in the order of creation, native byte order, layout version 4. All
 * of it changes under commits only. Blocks are never moved or removed, so the blocks are the directory. Bytes beyond the
 * last block are zero.
 *
 * <pre>
 *  header, 64 bytes
 *  offset bytes field
 *       0     8 allocatedBytes   of all blocks; the next one starts at 64 + allocatedBytes
 *       8     8 structureCount
 *      16     8 publishedBytes   taken in the publish slots' image
 *      24    40 padding
 *
 *  block, a multiple of 64 bytes
 *       0     8 totalBytes
 *       8     4 type             StructureType's code
 *      12     4 fieldCount
 *      16     8 layoutHash       of the record layout; 0 for a type without fields
 *      24     8 dataLength
 *      32     8 publishOffset    in the image of a publish slot; -1 none
 *      40     8 parameter0       most elements: rows of a table (1 for a record or cursor), keys of a map, records of a queue
 *                              or pool, entries of a log or of requests, counters, bytes of a ring
 *      48     8 parameter1       bytes of one record; 0 for a type without fields
 *      56     8 parameter2       map from byte strings: maxKeyBytes; append log: capacityBytes; channel: receivers; cursor: key of
 *                              the ring it is for; requests: bytes of the longest input
 *      64     8 parameter3       map from byte strings: cells of the key pool; channel: hash of the receivers' names
 *      72     4 nameLength
 *      76     4 checksum         CRC32C of the description without these four bytes: block and fields, not the data
 *      80    48 name             UTF-8, zero padded
 *     128  64*n fields           in the order of declaration
 *             0     4 type         FieldType's code
 *             4     4 offset       from the start of the record
 *             8     4 capacity     bytes
 *            12     4 nameLength
 *            16    48 name         UTF-8, zero padded
 *     ...       data             at 128 + 64 * fieldCount: dataLength bytes, padded to 64
 * </pre>
 */
final class ArenaLayout {
    static final int ALLOCATED_BYTES_OFFSET = 0;
    static final int STRUCTURE_COUNT_OFFSET = ALLOCATED_BYTES_OFFSET + Long.BYTES;
    static final int PUBLISHED_BYTES_OFFSET = STRUCTURE_COUNT_OFFSET + Long.BYTES;
    static final int ALIGNMENT = 64;
    static final int FIRST_BLOCK_OFFSET = ALIGNMENT;

    /** A bound for readers of damaged directories, far above any use. */
    static final int MAX_STRUCTURES = 4096;

    static final int TOTAL_BYTES_OFFSET = 0;
    static final int TYPE_OFFSET = TOTAL_BYTES_OFFSET + Long.BYTES;
    static final int FIELD_COUNT_OFFSET = TYPE_OFFSET + Integer.BYTES;
    static final int LAYOUT_HASH_OFFSET = FIELD_COUNT_OFFSET + Integer.BYTES;
    static final int DATA_LENGTH_OFFSET = LAYOUT_HASH_OFFSET + Long.BYTES;
    static final int PUBLISH_OFFSET_OFFSET = DATA_LENGTH_OFFSET + Long.BYTES;
    static final int PARAMETER_0_OFFSET = PUBLISH_OFFSET_OFFSET + Long.BYTES;
    static final int PARAMETER_1_OFFSET = PARAMETER_0_OFFSET + Long.BYTES;
    static final int PARAMETER_2_OFFSET = PARAMETER_1_OFFSET + Long.BYTES;
    static final int PARAMETER_3_OFFSET = PARAMETER_2_OFFSET + Long.BYTES;
    static final int NAME_LENGTH_OFFSET = PARAMETER_3_OFFSET + Long.BYTES;
    static final int CHECKSUM_OFFSET = NAME_LENGTH_OFFSET + Integer.BYTES;
    static final int NAME_OFFSET = CHECKSUM_OFFSET + Integer.BYTES;
    static final int FIELDS_OFFSET = NAME_OFFSET + RecordLayout.MAX_NAME_BYTES;

    static final int FIELD_TYPE_OFFSET = 0;
    static final int FIELD_OFFSET_OFFSET = FIELD_TYPE_OFFSET + Integer.BYTES;
    static final int FIELD_CAPACITY_OFFSET = FIELD_OFFSET_OFFSET + Integer.BYTES;
    static final int FIELD_NAME_LENGTH_OFFSET = FIELD_CAPACITY_OFFSET + Integer.BYTES;
    static final int FIELD_NAME_OFFSET = FIELD_NAME_LENGTH_OFFSET + Integer.BYTES;
    static final int FIELD_LENGTH = FIELD_NAME_OFFSET + RecordLayout.MAX_NAME_BYTES;

    static final long NOT_PUBLISHED = -1;

    private ArenaLayout() {}
}
