package io.coppice.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record, or a table's row, in a private copy. Immutable, any thread. */
public final class RecordView {
    private final StructureInfo info;
    private final @Nullable RecordLayout layout;
    private final byte[] bytes;
    private final int base;

    private RecordView(StructureInfo info, @Nullable RecordLayout layout, byte[] bytes, int base) {
        this.info = info;
        this.layout = layout;
        this.bytes = bytes;
        this.base = base;
    }

    /** Checks the lengths of the record at {@code base}. */
    static RecordView checked(StructureInfo info, byte[] bytes, int base) {
        for (FieldInfo field : info.fields()) {
            if (field.type() == FieldType.BYTES) {
                long length = NativeWords.get(bytes, base + field.offsetBytes());
                if (length < 0 || length > field.capacityBytes()) {
                    throw new SegmentDamagedException("Field " + field.name() + " of " + info.name() + " says it holds "
                            + length + " bytes; its capacity is " + field.capacityBytes() + ".");
                }
            }
        }
        return new RecordView(info, null, bytes, base);
    }

    RecordView as(RecordLayout wanted, String segment) {
        info.requireLayout(wanted, segment);
        return new RecordView(info, wanted, bytes, base);
    }

    RecordView as(RecordLayout wanted) {
        return new RecordView(info, wanted, bytes, base);
    }

    /** The fields as the segment describes them, in order. */
    public List<FieldInfo> fields() {
        return info.fields();
    }

    /** The value of an integer field of the layout this view was asked for with. */
    public long get(LongField field) {
        return NativeWords.get(bytes, base + check(field, field.layoutIdentity));
    }

    /** The value of a double field of the layout this view was asked for with. */
    public double get(DoubleField field) {
        return Double.longBitsToDouble(NativeWords.get(bytes, base + check(field, field.layoutIdentity)));
    }

    /** A copy of the bytes of a field of the layout this view was asked for with. */
    public byte[] get(BytesField field) {
        return bytesAt(check(field, field.layoutIdentity));
    }

    /** The bytes of a field of the layout this view was asked for with, read as UTF-8. */
    public String getString(BytesField field) {
        return new String(get(field), StandardCharsets.UTF_8);
    }

    /** The value of an integer field by its name. */
    public long int64(String field) {
        return NativeWords.get(bytes, base + find(field, FieldType.INT64).offsetBytes());
    }

    /** The value of a double field by its name. */
    public double float64(String field) {
        return Double.longBitsToDouble(
                NativeWords.get(bytes, base + find(field, FieldType.FLOAT64).offsetBytes()));
    }

    /** A copy of the bytes of a field by its name. */
    public byte[] bytes(String field) {
        return bytesAt(find(field, FieldType.BYTES).offsetBytes());
    }

    private byte[] bytesAt(int offset) {
        int at = base + offset;
        int length = (int) NativeWords.get(bytes, at);
        return Arrays.copyOfRange(bytes, at + Long.BYTES, at + Long.BYTES + length);
    }

    private int check(RecordField field, RecordLayout.Identity identity) {
        if (layout == null || !layout.made(identity)) {
            throw new IllegalArgumentException("Field " + field.name() + " does not belong to the layout that "
                    + info.name() + " was asked for with; pass its layout to record() or table().");
        }
        return field.offsetBytes();
    }

    private FieldInfo find(String name, FieldType type) {
        for (FieldInfo field : info.fields()) {
            if (field.name().equals(name) && field.type() == type) {
                return field;
            }
        }
        throw new IllegalArgumentException(
                info.name() + " has no field " + name + " of type " + type + "; it has " + info.fields() + ".");
    }
}
