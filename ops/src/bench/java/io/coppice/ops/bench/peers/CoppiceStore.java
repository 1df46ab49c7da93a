package io.coppice.ops.bench.peers;

import io.coppice.state.OwnerFiles;
import io.coppice.state.LongField;
import io.coppice.state.LongLongMap;
import io.coppice.state.OwnedSegment;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.RecordTable;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.State;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** The state in a segment: a table of rows, or a map. */
final class CoppiceStore implements Store {
    private static final String NAME = "bench";
    private static final long MAP_SEGMENT_BYTES = 8L << 20;
    private static final long SPARE_BYTES = 1L << 20;
    private static final int LOADED_PER_COMMIT = 64;
    private static final LongField[] FIELDS = new LongField[FIELDS_PER_ROW];
    private static final RecordLayout ROW;

    static {
        RecordLayout.Builder row = RecordLayout.named("row");
        for (int i = 0; i < FIELDS_PER_ROW; i++) {
            FIELDS[i] = row.int64("f" + i);
        }
        ROW = row.build();
    }

    private final OwnedSegment segment;
    private final State state;
    private final int fields;
    private final RecordTable table;
    private final Record first;
    private final LongLongMap map;

    CoppiceStore(Path directory, Work work) throws Exception {
        segment = segment(directory, lengthBytes(work));
        state = segment.state();
        fields = work.fields();
        boolean mapWanted = work.kind() == Work.Kind.MAP;
        table = state.table("fields", ROW, Math.max(1, work.rows()));
        first = table.row(0);
        map = state.longLongMap("map", mapWanted ? Work.MAP_ENTRIES : 1);
        state.commit();
        if (mapWanted && map.size() == 0) {
            load(map);
        }
    }

    /** A segment with an arena of at least that many bytes. */
    static long lengthBytes(Work work) {
        return work.kind() == Work.Kind.MAP ? MAP_SEGMENT_BYTES : work.stateBytes() / 8 * 9 + SPARE_BYTES;
    }

    /** Creates a segment in a directory, or opens the one that is there, and recovers it. */
    static OwnedSegment segment(Path directory, long lengthBytes) throws Exception {
        return segment(directory, NAME, lengthBytes);
    }

    /** The same, of a daemon of that name; the file is {@code NAME.seg}. */
    static OwnedSegment segment(Path directory, String name, long lengthBytes) throws Exception {
        Path file = directory.resolve(name + ".seg");
        if (Files.notExists(file)) {
            try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
                sized.setLength(lengthBytes);
            }
            SegmentFile.create(file, new SegmentSpec("bench", name, SegmentSpec.KIND_DAEMON, lengthBytes));
        }
        OwnerFiles.makeLock(file);
        OwnedSegment segment = SegmentFile.openOwned(
                file, directory.resolve(name + ".lock"), ProcessHandle.current().pid(), 1);
        segment.recover();
        return segment;
    }

    @Override
    public void count(long value) {
        first.set(FIELDS[0], value);
        state.commit();
    }

    @Override
    public void setFields(long pick, int count, long value) {
        for (int i = 0; i < count; i++) {
            int field = Work.field(pick + i, fields);
            table.at(field / FIELDS_PER_ROW).set(FIELDS[field % FIELDS_PER_ROW], value);
        }
        state.commit();
    }

    @Override
    public void putEntries(long pick, int count, long value) {
        for (int i = 0; i < count; i++) {
            map.put(Work.key(pick + i), value);
        }
        state.commit();
    }

    @Override
    public long field(int field) {
        return table.at(field / FIELDS_PER_ROW).get(FIELDS[field % FIELDS_PER_ROW]);
    }

    @Override
    public long entry(long key) {
        return map.get(key, -1);
    }

    @Override
    public void close() throws IOException {
        segment.close();
    }

    private void load(LongLongMap empty) {
        for (int key = 0; key < Work.MAP_ENTRIES; key++) {
            empty.put(key, 0);
            if (key % LOADED_PER_COMMIT == 0) {
                state.commit();
            }
        }
        state.commit();
    }
}
