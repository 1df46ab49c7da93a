package io.coppice.ops.bench.peers;

import static java.nio.ByteBuffer.allocateDirect;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/** The state in LMDB: rows of 64 bytes and map entries under integer keys. */
final class LmdbStore implements Store {
    private static final int ROW_BYTES = FIELDS_PER_ROW * Long.BYTES;
    private static final long MAP_BYTES = 512L << 20;

    static {
        System.setProperty(Env.DISABLE_CHECKS_PROP, "true");
    }

    private final Env<ByteBuffer> env;
    private final Dbi<ByteBuffer> rows;
    private final Dbi<ByteBuffer> map;
    private final int fields;
    private final ByteBuffer key = allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
    private final ByteBuffer row = allocateDirect(ROW_BYTES).order(ByteOrder.nativeOrder());
    private final ByteBuffer entry = allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());

    LmdbStore(Path directory, Work work) {
        env = Env.create()
                .setMapSize(MAP_BYTES)
                .setMaxDbs(2)
                .open(directory.toFile(), EnvFlags.MDB_NOSYNC, EnvFlags.MDB_WRITEMAP, EnvFlags.MDB_NOMETASYNC);
        rows = env.openDbi("rows", DbiFlags.MDB_CREATE, DbiFlags.MDB_INTEGERKEY);
        map = env.openDbi("map", DbiFlags.MDB_CREATE, DbiFlags.MDB_INTEGERKEY);
        fields = work.fields();
        try (Txn<ByteBuffer> txn = env.txnWrite()) {
            if (rows.stat(txn).entries == 0 && map.stat(txn).entries == 0) {
                for (int i = 0; i < work.rows(); i++) {
                    rows.put(txn, key(i), row, PutFlags.MDB_APPEND);
                }
                for (int i = 0; work.kind() == Work.Kind.MAP && i < Work.MAP_ENTRIES; i++) {
                    map.put(txn, key(i), value(0), PutFlags.MDB_APPEND);
                }
            }
            txn.commit();
        }
    }

    @Override
    public void count(long value) {
        try (Txn<ByteBuffer> txn = env.txnWrite()) {
            set(txn, 0, value);
            txn.commit();
        }
    }

    @Override
    public void setFields(long pick, int count, long value) {
        try (Txn<ByteBuffer> txn = env.txnWrite()) {
            for (int i = 0; i < count; i++) {
                set(txn, Work.field(pick + i, fields), value);
            }
            txn.commit();
        }
    }

    @Override
    public void putEntries(long pick, int count, long value) {
        try (Txn<ByteBuffer> txn = env.txnWrite()) {
            for (int i = 0; i < count; i++) {
                map.put(txn, key(Work.key(pick + i)), value(value));
            }
            txn.commit();
        }
    }

    @Override
    public long field(int field) {
        try (Txn<ByteBuffer> txn = env.txnRead()) {
            return rows.get(txn, key(field / FIELDS_PER_ROW))
                    .order(ByteOrder.nativeOrder())
                    .getLong(field % FIELDS_PER_ROW * Long.BYTES);
        }
    }

    @Override
    public long entry(long wanted) {
        try (Txn<ByteBuffer> txn = env.txnRead()) {
            return map.get(txn, key(wanted)).order(ByteOrder.nativeOrder()).getLong(0);
        }
    }

    @Override
    public void close() {
        env.close();
    }

    private void set(Txn<ByteBuffer> txn, int field, long value) {
        ByteBuffer index = key(field / FIELDS_PER_ROW);
        row.clear();
        row.put(rows.get(txn, index)).flip();
        row.putLong(field % FIELDS_PER_ROW * Long.BYTES, value);
        rows.put(txn, index, row);
    }

    private ByteBuffer key(long number) {
        return key.putLong(0, number);
    }

    private ByteBuffer value(long number) {
        return entry.putLong(0, number);
    }
}
