package io.coppice.state;

import java.nio.charset.StandardCharsets;

/** A map from byte strings to longs in a private copy. Immutable, any thread. */
public final class StringLongMapView {
    private final StructureInfo info;
    private final ByteKeysView keys;

    private StringLongMapView(StructureInfo info, ByteKeysView keys) {
        this.info = info;
        this.keys = keys;
    }

    static StringLongMapView checked(StructureInfo info, byte[] data) {
        return new StringLongMapView(info, new ByteKeysView(info, data));
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
    public long get(byte[] key, int from, int length, long absent) {
        int index = keys.find(key, from, length);
        return index < 0 ? absent : keys.table().value(index);
    }

    /** The value of a key, or {@code absent}. */
    public long get(String key, long absent) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return get(bytes, 0, bytes.length, absent);
    }

    /** Visits every key, in no meaningful order; each call gets an array of its own. */
    public void forEach(StringLongMap.Visitor visitor) {
        for (int i = 0; i < keys.table().entries(); i++) {
            if (keys.isTaken(i)) {
                byte[] key = keys.key(i);
                visitor.visit(key, key.length, keys.table().value(i));
            }
        }
    }
}
