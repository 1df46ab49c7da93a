package io.coppice.ops.view;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.Checksum;
import io.coppice.state.LongField;
import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RecordLayout;
import io.coppice.state.RequestId;
import io.coppice.state.Requests;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.SnapshotResult;
import io.coppice.state.State;
import java.io.ByteArrayOutputStream;
import java.io.RandomAccessFile;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: whatever a daemon left in its segment, `state` shows it or says that it is damaged. Method: seeded flips of bits,
 * garbage and hostile numbers in a segment with all types of structures; what a snapshot accepts is written out whole.
 *
 * <p>{@code -Dcoppice.proof.damages=N}.
 */
@Timeout(value = 5, unit = TimeUnit.HOURS)
class SegmentDamageTest {
    private static final long[] HOSTILE = {
        -1, 0, 1, 2, Long.MAX_VALUE, Long.MIN_VALUE, Integer.MAX_VALUE, 1L << 32, 1L << 47, 0xffff
    };

    private static final int IDENTITY = 256;
    private static final int LENGTH = 1 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void shouldShowOrRefuseWhateverADaemonLeft() throws Exception {
        long damages = Long.getLong("coppice.proof.damages", 5_000);
        long seed = 151;
        SplittableRandom random = new SplittableRandom(seed);
        Path file = directory.resolve("unit.seg");
        fill(file);
        int shown = 0;
        int refused = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                ReadOnlySegment segment = SegmentFile.openReadOnly(file)) {
            MappedByteBuffer words = channel.map(FileChannel.MapMode.READ_WRITE, 0, LENGTH);
            int[] used = used(words);
            for (long round = 0; round < damages; round++) {
                int[] at = new int[1 + random.nextInt(4)];
                long[] before = new long[at.length];
                for (int i = 0; i < at.length; i++) {
                    at[i] = used[random.nextInt(used.length)];
                    before[i] = words.getLong(at[i]);
                    words.putLong(at[i], damaged(before[i], random));
                }
                try {
                    segment.checksum();
                    if (segment.snapshot() instanceof SnapshotResult.Snapshot snapshot) {
                        SegmentContents contents = new SegmentContents(segment.header(), snapshot.view(), 5);
                        String text = String.join("\n", contents.lines(Palette.PLAIN));
                        assertTrue(text.indexOf('\u001b') < 0, "seed " + seed + ", round " + round);
                        contents.writeJson(new ByteArrayOutputStream());
                        shown++;
                    } else {
                        refused++;
                    }
                } catch (RuntimeException e) {
                    fail("seed " + seed + ", round " + round, e);
                }
                for (int i = at.length - 1; i >= 0; i--) {
                    words.putLong(at[i], before[i]);
                }
            }
        }
        System.out.println("proof: damaged segments=" + damages + " shown=" + shown + " refused=" + refused);
        assertTrue(shown > 10 && refused > 10);
    }

    private void fill(Path file) throws Exception {
        try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
            sized.setLength(LENGTH);
        }
        SegmentFile.create(file, new SegmentSpec("test", "unit", SegmentSpec.KIND_DAEMON, LENGTH));
        OwnerFiles.makeLock(file);
        RecordLayout.Builder builder = RecordLayout.named("order");
        LongField quantity = builder.int64("quantity");
        builder.bytes("buyer", 20);
        RecordLayout layout = builder.build();
        try (OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve("unit.lock"), 1, 1)) {
            owner.recover(Checksum.ARENA);
            State state = owner.state();
            state.record("record", layout).set(quantity, 1);
            state.published("published", layout).set(quantity, 2);
            state.table("table", layout, 3).row(1).set(quantity, 3);
            for (int i = 1; i < 8; i++) {
                state.stringLongMap("names", 10, 30, 960).put("a name that is long " + i, i);
                state.longLongMap("stock", 10).put(i, i);
                state.longRecordMap("orders", 10, layout).put(i).set(quantity, i);
                state.stringRecordMap("carts", 10, 30, 960, layout)
                        .put("a rather long name " + i)
                        .set(quantity, i);
                state.queue("queue", layout, 10).add().set(quantity, i);
                state.appendLog("log", 10, 1000).append(new byte[i * 5], 0, i * 5);
                state.pool("pool", layout, 10).acquire();
                state.counters("tallies", 10).counter("tally " + i).add(i);
                state.channel("channel", 512, "other").tryOffer(new byte[i]);
                state.broadcast("broadcast", 512).offer(new byte[i]);
            }
            state.cursor("cursor", "other", "ring");
            Requests requests = owner.requests(4, 100);
            requests.cause(requests.add(RequestId.of(1, 1), "shop.Thumbnail", new byte[70]), "killed");
            requests.add(RequestId.of(1, 2), "shop.Thumbnail", new byte[0]);
            state.commit();
            state.record("record", layout).set(quantity, 5);
        }
    }

    private static int[] used(MappedByteBuffer words) {
        int[] at = new int[LENGTH / Long.BYTES];
        int count = 0;
        for (int i = IDENTITY; i < LENGTH; i += Long.BYTES) {
            if (words.getLong(i) != 0) {
                at[count++] = i;
            }
        }
        return java.util.Arrays.copyOf(at, count);
    }

    private static long damaged(long word, SplittableRandom random) {
        return switch (random.nextInt(3)) {
            case 0 -> word ^ (1L << random.nextInt(64));
            case 1 -> random.nextLong();
            default -> HOSTILE[random.nextInt(HOSTILE.length)];
        };
    }
}
