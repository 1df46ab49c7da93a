package io.coppice.state;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Turns the arena's blocks into {@link StructureInfo} and back. Reading trusts nothing: every offset, count and length is
 * checked against the arena, so that it ends, in a list or in a {@link SegmentDamagedException}, whatever the bytes are; and a
 * checksum over each description finds what would be possible and is not what was stored.
 */
final class Directory {
    private Directory() {}

    /** Reads bytes of the arena, offsets from its start. The owner reads its memory, others a private copy. */
    @FunctionalInterface
    interface Source {
        void read(long arenaOffset, byte[] target, int length);
    }

    /** All structures in the order of creation. */
    static List<StructureInfo> read(Source source, SegmentGeometry geometry) {
        byte[] header = new byte[ArenaLayout.FIRST_BLOCK_OFFSET];
        source.read(0, header, header.length);
        long allocated = NativeWords.get(header, ArenaLayout.ALLOCATED_BYTES_OFFSET);
        long count = NativeWords.get(header, ArenaLayout.STRUCTURE_COUNT_OFFSET);
        long published = NativeWords.get(header, ArenaLayout.PUBLISHED_BYTES_OFFSET);
        long room = geometry.arenaLength() - ArenaLayout.FIRST_BLOCK_OFFSET;
        require(allocated >= 0 && allocated <= room, "allocatedBytes " + allocated + " of " + room);
        require(count >= 0 && count <= ArenaLayout.MAX_STRUCTURES, "structureCount " + count);
        require(published >= 0 && published <= PublishLayout.IMAGE_CAPACITY, "publishedBytes " + published);
        List<StructureInfo> structures = new ArrayList<>();
        Set<String> names = new HashSet<>();
        long at = ArenaLayout.FIRST_BLOCK_OFFSET;
        long end = at + allocated;
        while (at < end) {
            require(structures.size() < count, "more blocks than structureCount " + count);
            byte[] block = new byte[ArenaLayout.FIELDS_OFFSET];
            require(end - at >= block.length, "block at " + at + " is cut off");
            source.read(at, block, block.length);
            long total = NativeWords.get(block, ArenaLayout.TOTAL_BYTES_OFFSET);
            require(
                    total >= block.length && total <= end - at && total % ArenaLayout.ALIGNMENT == 0,
                    "block at " + at + ": totalBytes " + total);
            StructureInfo structure = readBlock(source, geometry, at, total, block, (int) published);
            require(names.add(structure.name()), "two structures named " + structure.name());
            structures.add(structure);
            at += total;
        }
        require(structures.size() == count, structures.size() + " blocks, structureCount " + count);
        require(published == publishedBytes(structures), "publishedBytes " + published);
        return structures;
    }

    private static long publishedBytes(List<StructureInfo> structures) {
        long bytes = 0;
        for (StructureInfo structure : structures) {
            bytes += structure.type() == StructureType.PUBLISHED_RECORD ? structure.recordBytes() : 0;
        }
        return bytes;
    }

    private static StructureInfo readBlock(
            Source source, SegmentGeometry geometry, long at, long total, byte[] block, int publishedBytes) {
        String where = "block at " + at + ": ";
        int code = NativeWords.getInt(block, ArenaLayout.TYPE_OFFSET);
        Optional<StructureType> known = StructureType.of(code);
        require(known.isPresent(), where + "type " + code);
        StructureType type = known.orElseThrow();
        boolean hasFields = type.shape().hasFields();
        int fieldCount = NativeWords.getInt(block, ArenaLayout.FIELD_COUNT_OFFSET);
        require(
                hasFields ? fieldCount >= 1 && fieldCount <= RecordLayout.MAX_FIELDS : fieldCount == 0,
                where + "fieldCount " + fieldCount);
        long dataLength = NativeWords.get(block, ArenaLayout.DATA_LENGTH_OFFSET);
        require(dataLength > 0 && dataLength <= total - dataOffset(fieldCount), where + "dataLength " + dataLength);
        String name = readName(
                block, ArenaLayout.NAME_OFFSET, NativeWords.getInt(block, ArenaLayout.NAME_LENGTH_OFFSET), where);
        long capacity = NativeWords.get(block, ArenaLayout.PARAMETER_0_OFFSET);
        require(capacity >= 0 && capacity <= Integer.MAX_VALUE, where + "capacity " + capacity);
        long recordBytes = NativeWords.get(block, ArenaLayout.PARAMETER_1_OFFSET);
        require(
                hasFields ? recordBytes >= Long.BYTES && recordBytes <= RecordLayout.MAX_SIZE_BYTES : recordBytes == 0,
                where + "record " + recordBytes);
        long publish = NativeWords.get(block, ArenaLayout.PUBLISH_OFFSET_OFFSET);
        require(
                type == StructureType.PUBLISHED_RECORD
                        ? publish >= 0 && publish <= publishedBytes - recordBytes
                        : publish == ArenaLayout.NOT_PUBLISHED,
                where + "publishOffset " + publish);
        byte[] fields = new byte[fieldCount * ArenaLayout.FIELD_LENGTH];
        source.read(at + ArenaLayout.FIELDS_OFFSET, fields, fields.length);
        StructureInfo structure = new StructureInfo(
                name,
                type,
                NativeWords.get(block, ArenaLayout.LAYOUT_HASH_OFFSET),
                hasFields ? readFields(fields, fieldCount, (int) recordBytes, where) : List.of(),
                geometry.arenaOffset() + at + dataOffset(fieldCount),
                dataLength,
                capacity,
                recordBytes,
                NativeWords.get(block, ArenaLayout.PARAMETER_2_OFFSET),
                NativeWords.get(block, ArenaLayout.PARAMETER_3_OFFSET),
                (int) publish);
        String problem = type.shape().problem(structure);
        require(problem == null, where + problem);
        int checksum = NativeWords.getInt(block, ArenaLayout.CHECKSUM_OFFSET);
        require(checksum == checksum(block, fields), where + "checksum " + Integer.toHexString(checksum));
        return structure;
    }

    private static List<FieldInfo> readFields(byte[] bytes, int fieldCount, int recordBytes, String where) {
        List<FieldInfo> fields = new ArrayList<>(fieldCount);
        Set<String> names = new HashSet<>();
        int expectedOffset = 0;
        for (int i = 0; i < fieldCount; i++) {
            int from = i * ArenaLayout.FIELD_LENGTH;
            String which = where + "field " + i + ": ";
            int code = NativeWords.getInt(bytes, from + ArenaLayout.FIELD_TYPE_OFFSET);
            Optional<FieldType> known = FieldType.of(code);
            require(known.isPresent(), which + "type " + code);
            FieldType type = known.orElseThrow();
            int offset = NativeWords.getInt(bytes, from + ArenaLayout.FIELD_OFFSET_OFFSET);
            int capacity = NativeWords.getInt(bytes, from + ArenaLayout.FIELD_CAPACITY_OFFSET);
            require(offset == expectedOffset, which + "offset " + offset);
            require(
                    type == FieldType.BYTES
                            ? capacity >= 1 && capacity <= RecordLayout.MAX_SIZE_BYTES
                            : capacity == Long.BYTES,
                    which + "capacity " + capacity);
            String name = readName(
                    bytes,
                    from + ArenaLayout.FIELD_NAME_OFFSET,
                    NativeWords.getInt(bytes, from + ArenaLayout.FIELD_NAME_LENGTH_OFFSET),
                    which);
            require(names.add(name), which + "second field named " + name);
            FieldInfo field = new FieldInfo(name, type, offset, capacity);
            require(field.sizeBytes() <= recordBytes - offset, which + "beyond the record");
            fields.add(field);
            expectedOffset = offset + field.sizeBytes();
        }
        require(expectedOffset == recordBytes, where + "fields end at " + expectedOffset + " of " + recordBytes);
        return fields;
    }

    private static String readName(byte[] bytes, int offset, long length, String where) {
        String problem = StoredName.problem(bytes, offset, length);
        require(problem == null, where + problem);
        return StoredName.read(bytes, offset, length);
    }

    private static void require(boolean condition, String problem) {
        if (!condition) {
            throw new SegmentDamagedException("Directory is damaged: " + problem + ".");
        }
    }

    static long dataOffset(int fieldCount) {
        return ArenaLayout.FIELDS_OFFSET + (long) fieldCount * ArenaLayout.FIELD_LENGTH;
    }

    /** The bytes that describe a structure: its block up to, and without, the data. */
    static byte[] describe(StructureRequest request, long publishOffset) {
        List<RecordField> fields = request.fields();
        byte[] block = new byte[(int) dataOffset(fields.size())];
        NativeWords.put(
                block,
                ArenaLayout.TOTAL_BYTES_OFFSET,
                Align.up(block.length + request.dataLength(), ArenaLayout.ALIGNMENT));
        NativeWords.putInt(block, ArenaLayout.TYPE_OFFSET, request.type().code());
        NativeWords.putInt(block, ArenaLayout.FIELD_COUNT_OFFSET, fields.size());
        NativeWords.put(block, ArenaLayout.LAYOUT_HASH_OFFSET, request.layoutHash());
        NativeWords.put(block, ArenaLayout.DATA_LENGTH_OFFSET, request.dataLength());
        NativeWords.put(block, ArenaLayout.PUBLISH_OFFSET_OFFSET, publishOffset);
        NativeWords.put(block, ArenaLayout.PARAMETER_0_OFFSET, request.capacity());
        NativeWords.put(block, ArenaLayout.PARAMETER_1_OFFSET, request.recordBytes());
        NativeWords.put(block, ArenaLayout.PARAMETER_2_OFFSET, request.parameter2());
        NativeWords.put(block, ArenaLayout.PARAMETER_3_OFFSET, request.parameter3());
        byte[] nameBytes = request.name().getBytes(StandardCharsets.UTF_8);
        NativeWords.putInt(block, ArenaLayout.NAME_LENGTH_OFFSET, nameBytes.length);
        System.arraycopy(nameBytes, 0, block, ArenaLayout.NAME_OFFSET, nameBytes.length);
        for (int i = 0; i < fields.size(); i++) {
            RecordField field = fields.get(i);
            int at = ArenaLayout.FIELDS_OFFSET + i * ArenaLayout.FIELD_LENGTH;
            byte[] fieldName = field.name().getBytes(StandardCharsets.UTF_8);
            NativeWords.putInt(
                    block, at + ArenaLayout.FIELD_TYPE_OFFSET, field.type().code());
            NativeWords.putInt(block, at + ArenaLayout.FIELD_OFFSET_OFFSET, field.offsetBytes());
            NativeWords.putInt(block, at + ArenaLayout.FIELD_CAPACITY_OFFSET, field.capacityBytes());
            NativeWords.putInt(block, at + ArenaLayout.FIELD_NAME_LENGTH_OFFSET, fieldName.length);
            System.arraycopy(fieldName, 0, block, at + ArenaLayout.FIELD_NAME_OFFSET, fieldName.length);
        }
        NativeWords.putInt(block, ArenaLayout.CHECKSUM_OFFSET, checksum(block, new byte[0]));
        return block;
    }

    /** Of a description, in two parts or one, all but the checksum itself. */
    private static int checksum(byte[] block, byte[] fields) {
        CRC32C crc = new CRC32C();
        int after = ArenaLayout.CHECKSUM_OFFSET + Integer.BYTES;
        crc.update(block, 0, ArenaLayout.CHECKSUM_OFFSET);
        crc.update(block, after, block.length - after);
        crc.update(fields, 0, fields.length);
        return (int) crc.getValue();
    }
}
