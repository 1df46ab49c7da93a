package io.coppice.state;

/** A signed 64-bit integer of a {@link RecordLayout}; made by its builder, usable with records of that layout only. */
public final class LongField implements RecordField {
    final RecordLayout.Identity layoutIdentity;
    final int offset;
    private final String name;

    LongField(RecordLayout.Identity layoutIdentity, String name, int offset) {
        this.layoutIdentity = layoutIdentity;
        this.name = name;
        this.offset = offset;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int offsetBytes() {
        return offset;
    }

    @Override
    public int capacityBytes() {
        return Long.BYTES;
    }

    @Override
    public FieldType type() {
        return FieldType.INT64;
    }

    @Override
    public String toString() {
        return name;
    }
}
