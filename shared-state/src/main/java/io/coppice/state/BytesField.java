package io.coppice.state;

/**
 * Up to {@link #capacityBytes()} bytes of a {@link RecordLayout}: a length word, then the bytes, padded to 8. Made by the
 * layout's builder, usable with records of that layout only.
 */
public final class BytesField implements RecordField {
    final RecordLayout.Identity layoutIdentity;
    final int offset;
    final int capacity;
    private final String name;

    BytesField(RecordLayout.Identity layoutIdentity, String name, int offset, int capacity) {
        this.layoutIdentity = layoutIdentity;
        this.name = name;
        this.offset = offset;
        this.capacity = capacity;
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
        return capacity;
    }

    @Override
    public FieldType type() {
        return FieldType.BYTES;
    }

    @Override
    public String toString() {
        return name;
    }
}
