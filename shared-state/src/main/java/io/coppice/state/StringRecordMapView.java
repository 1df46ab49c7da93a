package io.coppice.state;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A map from byte strings to records in a private copy. Immutable, any thread. */
public final class StringRecordMapView {
    private final StructureInfo info;
    private final ByteKeysView keys;
    private final RecordSlotsView slots;
    private final @Nullable RecordLayout layout;

    private StringRecordMapView(
            StructureInfo info, ByteKeysView keys, RecordSlotsView slots, @Nullable RecordLayout layout) {
        this.info = info;
        this.keys = keys;
        this.slots = slots;
        this.layout = layout;
    }

    /** Receives what a map holds. */
    @FunctionalInterface
    public interface Visitor {
        /** One key, in an array of its own, and its record. */
        void visit(byte[] key, RecordView record);
    }

    static StringRecordMapView checked(StructureInfo info, byte[] data) {
        ByteKeysView keys = new ByteKeysView(info, data);
        RecordSlotsView slots =
                new RecordSlotsView(info, data, MapLayout.byteKeysLength(info.capacity(), info.keyCells()));
        slots.check(keys.table(), keys.table().entries());
        return new StringRecordMapView(info, keys, slots, null);
    }

    StringRecordMapView as(RecordLayout wanted, String segment) {
        info.requireLayout(wanted, segment);
        return new StringRecordMapView(info, keys, slots, wanted);
    }

    /** Keys present. */
    public int size() {
        return keys.table().size();
    }

    /** Most keys it can hold. */
    public int capacity() {
        return info.capacity();
    }

    /** The fields of each record, as the segment describes them. */
    public List<FieldInfo> fields() {
        return info.fields();
    }

    /** The record of a key, empty if the key is absent. */
    public Optional<RecordView> find(byte[] key, int from, int length) {
        int index = keys.find(key, from, length);
        return index < 0 ? Optional.empty() : Optional.of(record(index));
    }

    /** The record of a key, empty if the key is absent. */
    public Optional<RecordView> find(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return find(bytes, 0, bytes.length);
    }

    /** Visits every key, in no meaningful order. */
    public void forEach(Visitor visitor) {
        for (int i = 0; i < keys.table().entries(); i++) {
            if (keys.isTaken(i)) {
                visitor.visit(keys.key(i), record(i));
            }
        }
    }

    private RecordView record(int index) {
        RecordView record = slots.record(keys.table().value(index));
        return layout == null ? record : record.as(layout);
    }
}
