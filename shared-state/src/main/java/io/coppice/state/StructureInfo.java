package io.coppice.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A structure as a segment's directory describes it. The four parameters mean what its type says ({@link ArenaLayout}
 * draws them); use the accessors below.
 *
 * @param name its name, unique in the segment
 * @param type its type
 * @param layoutHash hash of the record layout, 0 for a type without fields
 * @param fields fields of the record layout, empty for a type without fields
 * @param offsetBytes where its data starts, from the start of the segment
 * @param lengthBytes of its data
 * @param parameter0 most elements it can hold
 * @param parameter1 bytes of one record, 0 for a type without fields
 * @param parameter2 of the type
 * @param parameter3 of the type
 * @param publishOffsetBytes where it lies in a publish slot's image, -1 if it is not published
 */
public record StructureInfo(
        String name,
        StructureType type,
        long layoutHash,
        List<FieldInfo> fields,
        long offsetBytes,
        long lengthBytes,
        long parameter0,
        long parameter1,
        long parameter2,
        long parameter3,
        int publishOffsetBytes) {
    /** Copies the list. */
    public StructureInfo {
        fields = List.copyOf(fields);
    }

    /** Most elements it can hold: keys of a map, rows of a table, records of a queue or pool, entries of a log or of requests, counters, 1 for a record. */
    public int capacity() {
        return (int) parameter0;
    }

    /** Bytes of one record of the layout that the fields describe; 0 for a type without fields. */
    public int recordBytes() {
        return (int) parameter1;
    }

    /** Longest key of a map from byte strings; 0 for other types. */
    public int maxKeyBytes() {
        return hasByteKeys() ? (int) parameter2 : 0;
    }

    /** Cells of the key pool of a map from byte strings; 0 for other types. */
    public long keyCells() {
        return hasByteKeys() ? parameter3 : 0;
    }

    /** Its type and sizes in words, such as {@code a table of 5 rows}. */
    public String describe() {
        return type.shape().describe(this);
    }

    /** For views. */
    void requireLayout(RecordLayout layout, String segment) {
        String difference = differenceTo(layout, segment);
        if (difference != null) {
            throw LayoutMismatchException.ofReader(difference);
        }
    }

    /** In words, null for none. */
    @Nullable
    String differenceTo(RecordLayout layout, String segment) {
        if (layoutHash == layout.hash() && recordBytes() == layout.sizeBytes()) {
            return null;
        }
        return "Structure " + name + " of segment " + segment + " has layout hash " + Long.toHexString(layoutHash)
                + " and fields " + names() + "; expected layout " + layout.name() + " with hash "
                + Long.toHexString(layout.hash()) + " and fields " + layout.fields() + ".";
    }

    private boolean hasByteKeys() {
        return type == StructureType.STRING_LONG_MAP || type == StructureType.STRING_RECORD_MAP;
    }

    private List<String> names() {
        return fields.stream().map(FieldInfo::name).toList();
    }
}
