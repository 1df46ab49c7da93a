package io.coppice.state;

/** An IEEE 754 double of a {@link RecordLayout}; made by its builder, usable with records of that layout only. */
public final class DoubleField implements RecordField {
    final RecordLayout.Identity layoutIdentity;
    final int offset;
    private final String name;

    DoubleField(RecordLayout.Identity layoutIdentity, String name, int offset) {
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
        return FieldType.FLOAT64;
    }

    @Override
    public String toString() {
        return name;
    }
}
