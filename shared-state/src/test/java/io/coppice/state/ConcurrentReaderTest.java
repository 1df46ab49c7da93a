package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: no torn record beside a writer at full speed. Method: real threads on one mapped file; sums must hold. */
class ConcurrentReaderTest {
    private static final int READS = 60_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final RecordLayout.Builder builder = RecordLayout.named("wide");
    private final LongField[] fields = new LongField[64];
    private final RecordLayout layout = build();

    private RecordLayout build() {
        for (int i = 0; i < fields.length; i++) {
            fields[i] = builder.int64("f" + i);
        }
        return builder.build();
    }

    @Test
    void shouldNeverSeeATornRecord() throws IOException, SegmentException, InterruptedException, ExecutionException {
        Path file = TestSegments.create(directory.resolve("unit.seg"), TestSegments.spec(1 << 20));
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve("unit.lock"), 1, 1);
                ReadOnlySegment reader = SegmentFile.openReadOnly(file)) {
            owner.recover();
            Record published = owner.state().published("p", layout);
            Record plain = owner.state().record("r", layout);
            owner.state().commit();
            Future<Long> writer = executor.submit(() -> write(owner.state(), published, plain, done));
            read(reader);
            done.set(true);
            assertTrue(writer.get() > 1000);
        } finally {
            done.set(true);
            executor.shutdown();
            assertTrue(executor.awaitTermination(30, TimeUnit.SECONDS));
        }
    }

    private long write(State state, Record published, Record plain, AtomicBoolean done) {
        long commits = 0;
        while (!done.get()) {
            commits++;
            for (LongField field : fields) {
                published.set(field, commits);
                plain.set(field, commits);
            }
            if (commits % 7 == 0) {
                state.rollback();
            } else {
                state.commit();
            }
        }
        return commits;
    }

    private void read(ReadOnlySegment reader) {
        PublishedView view = reader.published("p", layout);
        int refreshed = 0;
        int snapshots = 0;
        long newest = 0;
        for (int i = 0; i < READS || refreshed < READS / 2; i++) {
            if (view.refresh()) {
                refreshed++;
                for (LongField field : fields) {
                    assertEquals(view.get(fields[0]), view.get(field), "torn publish");
                }
                assertTrue(view.get(fields[0]) % 7 != 0 || view.get(fields[0]) == 0, "uncommitted publish");
                assertTrue(view.sequence() >= newest);
                newest = view.sequence();
            }
            if (i % 50 == 0) {
                SnapshotResult result = reader.snapshot();
                if (result instanceof SnapshotResult.Snapshot snapshot) {
                    snapshots++;
                    RecordView record = snapshot.view().record("r", layout);
                    for (LongField field : fields) {
                        assertEquals(record.get(fields[0]), record.get(field), "torn snapshot");
                    }
                    assertTrue(record.get(fields[0]) % 7 != 0 || record.get(fields[0]) == 0, "uncommitted snapshot");
                } else if (result instanceof SnapshotResult.Damaged damaged) {
                    fail(damaged.reason());
                }
            }
        }
        assertTrue(snapshots >= 0);
    }
}
