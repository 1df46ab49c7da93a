package io.coppice.ops.bench.peers;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.LongDataType;

/** The state in H2's MVStore: rows as arrays of 64 bytes, and map entries, under long keys. */
final class MvStore implements Store {
    private static final int ROW_BYTES = FIELDS_PER_ROW * Long.BYTES;
    private static final int CACHE_MIB = 256;
    private static final int LOADED_PER_COMMIT = 1 << 17;
    private static final VarHandle FIELD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final MVStore store;
    private final MVMap<Long, byte[]> rows;
    private final MVMap<Long, Long> map;
    private final int fields;

    MvStore(Path directory, Work work) {
        store = new MVStore.Builder()
                .fileName(directory.resolve("bench.mv").toString())
                .cacheSize(CACHE_MIB)
                .autoCommitDisabled()
                .open();
        // Old chunks need to outlive a power failure only.
        store.setRetentionTime(0);
        rows = store.openMap(
                "rows",
                new MVMap.Builder<Long, byte[]>()
                        .keyType(LongDataType.INSTANCE)
                        .valueType(ByteArrayDataType.INSTANCE));
        map = store.openMap(
                "map",
                new MVMap.Builder<Long, Long>().keyType(LongDataType.INSTANCE).valueType(LongDataType.INSTANCE));
        fields = work.fields();
        if (rows.isEmpty() && map.isEmpty()) {
            load(work);
        }
    }

    @Override
    public void count(long value) {
        set(0, value);
        store.commit();
    }

    @Override
    public void setFields(long pick, int count, long value) {
        for (int i = 0; i < count; i++) {
            set(Work.field(pick + i, fields), value);
        }
        store.commit();
    }

    @Override
    public void putEntries(long pick, int count, long value) {
        for (int i = 0; i < count; i++) {
            map.put(Work.key(pick + i), value);
        }
        store.commit();
    }

    @Override
    public long field(int field) {
        return (long) FIELD.get(rows.get((long) (field / FIELDS_PER_ROW)), field % FIELDS_PER_ROW * Long.BYTES);
    }

    @Override
    public long entry(long key) {
        return map.get(key);
    }

    @Override
    public void close() {
        store.close();
    }

    private void set(int field, long value) {
        Long key = (long) (field / FIELDS_PER_ROW);
        // Values are immutable: older versions still refer to them.
        byte[] row = rows.get(key).clone();
        FIELD.set(row, field % FIELDS_PER_ROW * Long.BYTES, value);
        rows.put(key, row);
    }

    private void load(Work work) {
        for (int i = 0; i < work.rows(); i++) {
            rows.append((long) i, new byte[ROW_BYTES]);
            if (i % LOADED_PER_COMMIT == 0) {
                store.commit();
            }
        }
        for (int i = 0; work.kind() == Work.Kind.MAP && i < Work.MAP_ENTRIES; i++) {
            map.append((long) i, 0L);
        }
        store.commit();
    }
}
