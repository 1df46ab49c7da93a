package io.coppice.state;

import java.nio.charset.StandardCharsets;

/**
 * One record of the owner's state. Changes are in place, undone by a rollback or a crash, and kept by
 * {@link State#commit()}. Owner's thread only; nothing allocates but the String conveniences. A field of another layout is
 * an {@link IllegalArgumentException}.
 */
@SuppressWarnings("AvoidCommonTypeNames") // The name people look for; no code here uses java.lang.Record.
public final class Record extends Structure {
    private final CommitEngine engine;
    private final String structure;
    private final RecordLayout layout;
    private final RecordLayout.Identity identity;
    private final boolean published;
    private long base;

    Record(CommitEngine engine, String structure, RecordLayout layout, long base, boolean published) {
        this.engine = engine;
        this.structure = structure;
        this.layout = layout;
        this.identity = layout.identity;
        this.base = base;
        this.published = published;
    }

    /** The layout this record was attached with. */
    public RecordLayout layout() {
        return layout;
    }

    /** The value of an integer field. */
    public long get(LongField field) {
        check(field, field.layoutIdentity);
        return engine.getLong(base + field.offset);
    }

    /** Sets an integer field. */
    public void set(LongField field, long value) {
        check(field, field.layoutIdentity);
        changing();
        engine.setLong(base + field.offset, value);
    }

    /** Adds to an integer field, wrapping around on overflow, and returns the sum. */
    public long add(LongField field, long delta) {
        check(field, field.layoutIdentity);
        long offset = base + field.offset;
        long sum = engine.getLong(offset) + delta;
        changing();
        engine.setLong(offset, sum);
        return sum;
    }

    /** The value of a double field. */
    public double get(DoubleField field) {
        check(field, field.layoutIdentity);
        return Double.longBitsToDouble(engine.getLong(base + field.offset));
    }

    /** Sets a double field. */
    public void set(DoubleField field, double value) {
        check(field, field.layoutIdentity);
        changing();
        engine.setLong(base + field.offset, Double.doubleToRawLongBits(value));
    }

    /** Adds to a double field and returns the sum. */
    public double add(DoubleField field, double delta) {
        double sum = get(field) + delta;
        set(field, sum);
        return sum;
    }

    /** Bytes a field holds now, 0 to its capacity. */
    public int length(BytesField field) {
        check(field, field.layoutIdentity);
        return lengthChecked(field, engine.getLong(base + field.offset));
    }

    /**
     * Replaces the bytes of a field.
     *
     * @throws CapacityExceededException if {@code length} is more than the field's capacity
     */
    public void set(BytesField field, byte[] source, int from, int length) {
        check(field, field.layoutIdentity);
        checkRange(source, from, length);
        store(field, 0, source, from, length);
    }

    /** Replaces the bytes of a field by those of a text in UTF-8. Allocates. */
    public void set(BytesField field, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        set(field, bytes, 0, bytes.length);
    }

    /** Copies all bytes of a field to {@code target} from index {@code at} on and returns how many they are. */
    public int get(BytesField field, byte[] target, int at) {
        int length = length(field);
        engine.memory.getBytes(base + field.offset + Long.BYTES, target, at, length);
        return length;
    }

    /** The bytes of a field read as UTF-8. Allocates. */
    public String getString(BytesField field) {
        byte[] bytes = new byte[length(field)];
        get(field, bytes, 0);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * Adds bytes behind those a field holds.
     *
     * @throws CapacityExceededException if they do not all fit
     */
    public void append(BytesField field, byte[] source, int from, int length) {
        checkRange(source, from, length);
        store(field, length(field), source, from, length);
    }

    /** Empties a field. */
    public void clear(BytesField field) {
        check(field, field.layoutIdentity);
        changing();
        engine.setLong(base + field.offset, 0);
    }

    @Override
    void detach() {
        base = DETACHED;
    }

    /** Shows another record of the same layout: for structures that hand out one object for many records. */
    Record moveTo(long recordOffset) {
        base = recordOffset;
        return this;
    }

    private void store(BytesField field, int at, byte[] source, int from, int length) {
        if (length > field.capacity - at) {
            throw new CapacityExceededException("Field " + field.name() + " of " + structure + " in segment "
                    + engine.segment() + " is full: " + at + " of " + field.capacity + " bytes are taken, " + length
                    + " more do not fit. Declare a larger capacity in its layout.");
        }
        long lengthOffset = base + field.offset;
        engine.begin(base, UndoLayout.entryBytes((length >> 3) + 2L) + UndoLayout.ONE_WORD_ENTRY, structure);
        changing();
        engine.setBytes(lengthOffset + Long.BYTES + at, source, from, length);
        engine.setLong(lengthOffset, (long) at + length);
        engine.end();
    }

    /** Before the change: an error that comes as soon as it is stored must not leave it unpublished. */
    private void changing() {
        if (published && base >= 0) {
            engine.publishedChanged();
        }
    }

    private void check(RecordField field, RecordLayout.Identity fieldLayout) {
        if (fieldLayout != identity) {
            throw new IllegalArgumentException("Field " + field.name() + " does not belong to the layout "
                    + layout.name() + " that " + structure + " was attached with.");
        }
    }

    private int lengthChecked(BytesField field, long length) {
        if (length < 0 || length > field.capacity) {
            throw new SegmentDamagedException(
                    "Field " + field.name() + " of " + structure + " in segment " + engine.segment() + " says it holds "
                            + length + " bytes; its capacity is " + field.capacity + ".");
        }
        return (int) length;
    }

    private static void checkRange(byte[] bytes, int from, int length) {
        java.util.Objects.checkFromIndexSize(from, length, bytes.length);
    }
}
