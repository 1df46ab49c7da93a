package io.coppice.state;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A map from longs to records in a private copy. Immutable, any thread. */
public final class LongRecordMapView {
    private final StructureInfo info;
    private final LongKeysView keys;
    private final RecordSlotsView slots;
    private final @Nullable RecordLayout layout;

    private LongRecordMapView(
            StructureInfo info, LongKeysView keys, RecordSlotsView slots, @Nullable RecordLayout layout) {
        this.info = info;
        this.keys = keys;
        this.slots = slots;
        this.layout = layout;
    }

    /** Receives what a map holds. */
    @FunctionalInterface
    public interface Visitor {
        /** One key and its record. */
        void visit(long key, RecordView record);
    }

    static LongRecordMapView checked(StructureInfo info, byte[] data) {
        LongKeysView keys = new LongKeysView(info, data);
        RecordSlotsView slots = new RecordSlotsView(info, data, MapLayout.longKeysLength(info.capacity()));
        slots.check(keys.table(), keys.places());
        return new LongRecordMapView(info, keys, slots, null);
    }

    LongRecordMapView as(RecordLayout wanted, String segment) {
        info.requireLayout(wanted, segment);
        return new LongRecordMapView(info, keys, slots, wanted);
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

    /** Whether a key is present. */
    public boolean contains(long key) {
        return keys.find(key) >= 0;
    }

    /** The record of a key, empty if the key is absent. */
    public Optional<RecordView> find(long key) {
        int index = keys.find(key);
        return index < 0 ? Optional.empty() : Optional.of(record(index));
    }

    /** Visits every key, in no meaningful order. */
    public void forEach(Visitor visitor) {
        for (int i = 0; i < keys.places(); i++) {
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
