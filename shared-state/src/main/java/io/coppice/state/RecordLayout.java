package io.coppice.state;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Names, types and computed offsets of a record's fields, in declaration order, every field aligned to 8 bytes.
 *
 * <p>Usually one static final layout with one static final constant per field. Immutable once built. Two layouts with the
 * same name, field names, types and capacities in the same order have the same {@link #hash()} and may stand for each
 * other when a structure is attached; fields belong to the instance that made them.
 */
public final class RecordLayout {
    /** Most fields in one layout. */
    public static final int MAX_FIELDS = 256;

    /** Longest name of a structure, layout or field, in bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = 48;

    /** Most bytes in one record. */
    public static final int MAX_SIZE_BYTES = 1 << 30;

    final Identity identity;
    private final String name;
    private final List<RecordField> fields;
    private final int sizeBytes;
    private final long hash;

    /** Ties fields to the layout they were made for; compared by reference. */
    static final class Identity {}

    private RecordLayout(Builder builder) {
        this.identity = builder.identity;
        this.name = builder.name;
        this.fields = List.copyOf(builder.fields);
        this.sizeBytes = builder.nextOffset;
        this.hash = hash(name, fields);
    }

    /**
     * Starts a layout.
     *
     * @param name 1 to {@value #MAX_NAME_BYTES} bytes of UTF-8 without control characters
     */
    public static Builder named(String name) {
        return new Builder(requireName("layout", name));
    }

    /** Whether a field with that identity was made by this layout's builder. */
    boolean made(Identity fieldIdentity) {
        return identity == fieldIdentity;
    }

    /** Name of the layout; part of its hash. */
    public String name() {
        return name;
    }

    /** Fields in the order of declaration, which is the order in memory. */
    public List<RecordField> fields() {
        return fields;
    }

    /** Bytes one record takes, a multiple of 8. */
    public int sizeBytes() {
        return sizeBytes;
    }

    /** FNV-1a of the name and, in order, of each field's name, type code and capacity. */
    public long hash() {
        return hash;
    }

    static String requireName(String what, String name) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1 || length > MAX_NAME_BYTES || StoredName.hasControls(name)) {
            throw new IllegalArgumentException("Name of a " + what + " must be 1 to " + MAX_NAME_BYTES
                    + " bytes of UTF-8 without control characters, not \"" + name + "\" (" + length + " bytes).");
        }
        return name;
    }

    private static long hash(String name, List<RecordField> fields) {
        long hash = fnv(0xcbf29ce484222325L, name);
        for (RecordField field : fields) {
            hash = fnv(hash, field.name());
            hash = fnv(hash, field.type().code());
            hash = fnv(hash, field.capacityBytes());
        }
        return hash;
    }

    private static long fnv(long hash, String text) {
        long result = hash;
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            result = (result ^ (b & 0xff)) * 0x100000001b3L;
        }
        return fnv(result, bytes.length);
    }

    private static long fnv(long hash, int value) {
        long result = hash;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            result = (result ^ ((value >>> shift) & 0xff)) * 0x100000001b3L;
        }
        return result;
    }

    /** Collects the fields of one layout. Not thread-safe; used once. */
    public static final class Builder {
        private final Identity identity = new Identity();
        private final String name;
        private final List<RecordField> fields = new ArrayList<>();
        private final Set<String> names = new HashSet<>();
        private int nextOffset;
        private boolean built;

        private Builder(String name) {
            this.name = name;
        }

        /** Adds a signed 64-bit integer, initially 0. */
        public LongField int64(String fieldName) {
            return add(new LongField(identity, check(fieldName), nextOffset));
        }

        /** Adds a double, initially 0.0. */
        public DoubleField float64(String fieldName) {
            return add(new DoubleField(identity, check(fieldName), nextOffset));
        }

        /**
         * Adds a field of up to {@code capacityBytes} bytes, initially empty.
         *
         * @param capacityBytes 1 or more
         */
        public BytesField bytes(String fieldName, int capacityBytes) {
            if (capacityBytes < 1 || capacityBytes > MAX_SIZE_BYTES) {
                throw new IllegalArgumentException("Field " + fieldName + " of layout " + name
                        + ": capacity must be 1 to " + MAX_SIZE_BYTES + " bytes, not " + capacityBytes + ".");
            }
            return add(new BytesField(identity, check(fieldName), nextOffset, capacityBytes));
        }

        /** The layout of the fields added so far, at least one. Further calls on this builder throw. */
        public RecordLayout build() {
            requireOpen();
            if (fields.isEmpty()) {
                throw new IllegalArgumentException("Layout " + name + " has no field.");
            }
            built = true;
            return new RecordLayout(this);
        }

        private String check(String fieldName) {
            requireOpen();
            requireName("field", fieldName);
            if (fields.size() == MAX_FIELDS) {
                throw new IllegalArgumentException(
                        "Layout " + name + " has " + MAX_FIELDS + " fields already; split it into two records.");
            }
            if (!names.add(fieldName)) {
                throw new IllegalArgumentException("Layout " + name + " has a field " + fieldName + " already.");
            }
            return fieldName;
        }

        private <F extends RecordField> F add(F field) {
            long end = (long) nextOffset + field.sizeBytes();
            if (end > MAX_SIZE_BYTES) {
                throw new IllegalArgumentException(
                        "Layout " + name + " is larger than " + MAX_SIZE_BYTES + " bytes with field " + field.name());
            }
            nextOffset = (int) end;
            fields.add(field);
            return field;
        }

        private void requireOpen() {
            if (built) {
                throw new IllegalStateException("Layout " + name + " is built already; its fields are fixed.");
            }
        }
    }
}
