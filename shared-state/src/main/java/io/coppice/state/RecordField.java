package io.coppice.state;

/** One field of a {@link RecordLayout}. */
public sealed interface RecordField permits LongField, DoubleField, BytesField {
    /** Name, unique in its layout. */
    String name();

    /** Offset of the field from the start of its record, in bytes. */
    int offsetBytes();

    /** Bytes of content the field can hold: 8 for numbers, the declared capacity for bytes. */
    int capacityBytes();

    /** Type of the field. */
    FieldType type();

    /** Bytes the field takes in the record. */
    default int sizeBytes() {
        return type() == FieldType.BYTES ? Long.BYTES + Align.up(capacityBytes(), Long.BYTES) : Long.BYTES;
    }
}
