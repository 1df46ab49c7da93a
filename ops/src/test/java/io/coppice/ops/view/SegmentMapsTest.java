package io.coppice.ops.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.state.BytesField;
import io.coppice.state.LongField;
import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RecordLayout;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.SnapshotResult;
import io.coppice.state.State;
import java.io.ByteArrayOutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a segment's maps are shown, told from the segment alone. */
class SegmentMapsTest {
    private final RecordLayout.Builder builder = RecordLayout.named("order");
    private final LongField quantity = builder.int64("quantity");
    private final BytesField buyer = builder.bytes("buyer", 20);
    private final RecordLayout layout = builder.build();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @BeforeEach
    void fill() throws Exception {
        Path file = directory.resolve("unit.seg");
        try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
            sized.setLength(1 << 20);
        }
        SegmentFile.create(file, new SegmentSpec("test", "unit", SegmentSpec.KIND_DAEMON, 1 << 20));
        OwnerFiles.makeLock(file);
        try (OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve("unit.lock"), 1, 1)) {
            owner.recover();
            State state = owner.state();
            state.longLongMap("stock", 10).put(7, 3);
            state.longLongMap("stock", 10).put(-2, 5);
            state.longRecordMap("orders", 10, layout).put(4711).set(quantity, 2);
            state.longRecordMap("orders", 10, layout).put(4712).set(buyer, "ann");
            state.longRecordMap("orders", 10, layout).put(4713).set(buyer, "bob");
            state.stringRecordMap("carts", 10, 30, 960, layout)
                    .put("a rather long name")
                    .set(quantity, 1);
            state.commit();
        }
    }

    private SegmentContents contents() throws Exception {
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(directory.resolve("unit.seg"))) {
            if (reader.snapshot() instanceof SnapshotResult.Snapshot snapshot) {
                return new SegmentContents(reader.header(), snapshot.view(), 2);
            }
        }
        throw new AssertionError("no snapshot");
    }

    @Test
    void shouldShowTheFirstKeysOfEachMap() throws Exception {
        List<String> lines = contents().lines(Palette.PLAIN);
        assertEquals(
                List.of(
                        "stock: map from longs, at most 10 keys",
                        "  2 keys, in order of keys:",
                        "  -2  5",
                        "  7  3",
                        "orders: map from longs to records, at most 10 keys",
                        "  3 keys, in order of keys:",
                        "  4711  quantity=2 buyer=\"\"",
                        "  4712  quantity=0 buyer=\"ann\"",
                        "  … 1 more keys (--limit N)",
                        "carts: map to records, at most 10 keys of 30 bytes",
                        "  1 key, in order of keys:",
                        "  \"a rather long name\"  quantity=1 buyer=\"\""),
                lines.subList(1, lines.size()));
    }

    @Test
    void shouldWriteTheFirstKeysOfEachMapAsJson() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        contents().writeJson(out);
        String json = out.toString(StandardCharsets.UTF_8);
        assertEquals(
                "[{\"name\":\"stock\",\"type\":\"map\",\"keys\":2,\"capacity\":10,\"first\":["
                        + "{\"key\":-2,\"value\":5},{\"key\":7,\"value\":3}]},"
                        + "{\"name\":\"orders\",\"type\":\"map\",\"keys\":3,\"capacity\":10,\"first\":["
                        + "{\"key\":4711,\"value\":{\"quantity\":2,\"buyer\":\"\"}},"
                        + "{\"key\":4712,\"value\":{\"quantity\":0,\"buyer\":\"ann\"}}]},"
                        + "{\"name\":\"carts\",\"type\":\"map\",\"keys\":1,\"capacity\":10,\"first\":["
                        + "{\"key\":\"a rather long name\",\"value\":{\"quantity\":1,\"buyer\":\"\"}}]}]}\n",
                json.substring(json.indexOf("\"structures\":") + "\"structures\":".length()));
    }
}
