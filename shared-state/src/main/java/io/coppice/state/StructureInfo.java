package io.coppice.state;

import java.util.List;

/**
 * A structure as a segment's directory describes it.
 *
 * @param name its name, unique in the segment
 * @param type its type
 * @param layoutHash hash of the record layout, 0 for a map
 * @param fields fields of the record layout, empty for a map
 * @param offsetBytes where its data starts, from the start of the segment
 * @param lengthBytes of its data
 * @param capacity keys a map can hold, rows of a table, 1 for a record
 * @param maxKeyBytes longest key of a map, else 0
 * @param keyCells cells of a map's key pool, else 0
 * @param recordBytes bytes of one record or row, 0 for a map
 * @param publishOffsetBytes where it lies in a publish slot's image, -1 if it is not published
 */
public record StructureInfo(
        String name,
        StructureType type,
        long layoutHash,
        List<FieldInfo> fields,
        long offsetBytes,
        long lengthBytes,
        int capacity,
        int maxKeyBytes,
        long keyCells,
        int recordBytes,
        int publishOffsetBytes) {
    /** Copies the list. */
    public StructureInfo {
        fields = List.copyOf(fields);
    }

    void requireLayout(RecordLayout layout, String segment) {
        if (layoutHash != layout.hash() || recordBytes != layout.sizeBytes()) {
            throw new LayoutMismatchException("Structure " + name + " of segment " + segment + " has layout hash "
                    + Long.toHexString(layoutHash) + " and fields " + names() + "; expected layout " + layout.name()
                    + " with hash " + Long.toHexString(layout.hash()) + " and fields " + layout.fields()
                    + ". Use the layout it was created with, or empty the segment (coppice purge, run --fresh).");
        }
    }

    private List<String> names() {
        return fields.stream().map(FieldInfo::name).toList();
    }
}
