package io.coppice.state;

/** A map from longs to longs in a private copy. Immutable, any thread. */
public final class LongLongMapView {
    private final StructureInfo info;
    private final LongKeysView keys;

    private LongLongMapView(StructureInfo info, LongKeysView keys) {
        this.info = info;
        this.keys = keys;
    }

    static LongLongMapView checked(StructureInfo info, byte[] data) {
        return new LongLongMapView(info, new LongKeysView(info, data));
    }

    /** Keys present. */
    public int size() {
        return keys.table().size();
    }

    /** Most keys it can hold. */
    public int capacity() {
        return info.capacity();
    }

    /** The value of a key, or {@code absent}. */
    public long get(long key, long absent) {
        int index = keys.find(key);
        return index < 0 ? absent : keys.table().value(index);
    }

    /** Whether a key is present. */
    public boolean contains(long key) {
        return keys.find(key) >= 0;
    }

    /** Visits every key, in no meaningful order. */
    public void forEach(LongLongMap.Visitor visitor) {
        for (int i = 0; i < keys.places(); i++) {
            if (keys.isTaken(i)) {
                visitor.visit(keys.key(i), keys.table().value(i));
            }
        }
    }
}
