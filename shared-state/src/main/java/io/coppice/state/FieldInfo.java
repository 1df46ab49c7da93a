package io.coppice.state;

/**
 * A field as a segment's directory describes it.
 *
 * @param name its name
 * @param type its type
 * @param offsetBytes from the start of its record
 * @param capacityBytes 8 for numbers, the declared capacity for bytes
 */
public record FieldInfo(String name, FieldType type, int offsetBytes, int capacityBytes) {
    int sizeBytes() {
        return type == FieldType.BYTES ? Long.BYTES + Align.up(capacityBytes, Long.BYTES) : Long.BYTES;
    }
}
