package io.coppice.ops.bench.peers;

import io.coppice.state.State;
import io.coppice.state.StringLongMap;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** A map from long to long in a segment: here, one whose keys are the eight bytes of the long. Swapping it changes this class only. */
final class LongMap {
    private static final VarHandle KEY = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final byte[] bytes = new byte[Long.BYTES];
    private final StringLongMap map;

    LongMap(State state, String name, int capacity) {
        map = state.stringLongMap(name, capacity, Long.BYTES, 0);
    }

    int size() {
        return map.size();
    }

    void put(long key, long value) {
        KEY.set(bytes, 0, key);
        map.put(bytes, 0, Long.BYTES, value);
    }

    long get(long key, long absent) {
        KEY.set(bytes, 0, key);
        return map.get(bytes, 0, Long.BYTES, absent);
    }
}
