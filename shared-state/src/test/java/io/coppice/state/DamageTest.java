package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.testing.RecordingMemory;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: whatever the bytes, a reader answers. Method: seeded bit flips, garbage words and hostile numbers over header, undo
 * log, publish slots and arena of a segment that died in mid-commit; every reader runs to its end.
 */
@Timeout(value = 5, unit = TimeUnit.HOURS)
class DamageTest {
    private static final int SEEDS = 4;

    @ParameterizedTest
    @ValueSource(longs = {61, 62, 63, 64})
    void shouldAnswerWhateverTheBytesAre(long seed) {
        RecordedRun run = RecordedRun.of(seed, 120);
        SplittableRandom random = new SplittableRandom(seed);
        long rounds = Proof.number("damages", SEEDS * 4000) / SEEDS;
        int damaged = 0;
        int sound = 0;
        for (long round = 0; round < rounds; round++) {
            byte[] disk = run.startImage();
            if (round % 20 == 0) {
                // A different moment of the writer's life every so often; replaying is what costs.
                moment = run.startImage();
                int steps = random.nextInt(run.memory().recorded());
                for (int step = 0; step < steps; step++) {
                    run.memory().replay(step, moment);
                }
            }
            System.arraycopy(moment, 0, disk, 0, disk.length);
            damage(disk, random);
            String where = "seed " + seed + ", round " + round;
            Outcome outcome = read(run, disk, where);
            damaged += outcome == Outcome.DAMAGED ? 1 : 0;
            sound += outcome == Outcome.SOUND ? 1 : 0;
        }
        Proof.report("damaged segments=" + rounds + " seed=" + seed + " noticed=" + damaged);
        assertTrue(damaged > 100 && sound > 100, "seed " + seed + ": damaged " + damaged + ", sound " + sound);
    }

    private byte[] moment = new byte[0];

    private enum Outcome {
        REFUSED,
        DAMAGED,
        SOUND
    }

    private static void damage(byte[] disk, SplittableRandom random) {
        for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
            Damage.hit(disk, interesting(disk, random), random);
        }
    }

    private static int interesting(byte[] disk, SplittableRandom random) {
        SegmentGeometry geometry = SegmentGeometry.of(disk.length);
        return switch (random.nextInt(6)) {
            case 0 -> random.nextInt(HeaderLayout.LAST_WORDS_OFFSET);
            case 1 -> (int) geometry.undoOffset() + random.nextInt(400);
            case 2 ->
                (int) geometry.publishOffset() + random.nextInt(8) * PublishLayout.SLOT_LENGTH + random.nextInt(256);
            default ->
                (int) geometry.arenaOffset()
                        + random.nextInt(2000 + random.nextInt((int) geometry.arenaLength() - 2000));
        };
    }

    private static Outcome read(RecordedRun run, byte[] disk, String where) {
        RecordingMemory memory = new RecordingMemory(disk);
        if (!(SegmentHeader.read(memory, Path.of("damaged.seg")) instanceof Validation.Valid valid)) {
            return Outcome.REFUSED;
        }
        try {
            ReadOnlySegment reader = new ReadOnlySegment(memory, valid.header(), null);
            reader.lastWords();
            reader.phase();
            SnapshotResult result = reader.snapshot();
            if (result instanceof SnapshotResult.Snapshot snapshot) {
                readAll(snapshot.view());
            }
            PublishedView view = run.publishedView(memory);
            try {
                view.refresh();
            } catch (LayoutMismatchException e) {
                // A damaged hash or name list is another layout.
            }
            recover(memory, valid.header());
            return result instanceof SnapshotResult.Damaged ? Outcome.DAMAGED : Outcome.SOUND;
        } catch (RuntimeException e) {
            return fail(where, e);
        }
    }

    private static void readAll(StateView view) {
        for (StructureInfo info : view.structures()) {
            switch (info.type()) {
                case STRING_LONG_MAP -> readMap(view.stringLongMap(info.name()));
                case LONG_LONG_MAP -> readMap(view.longLongMap(info.name()));
                case LONG_RECORD_MAP -> readMap(view.longRecordMap(info.name()));
                case STRING_RECORD_MAP -> readMap(view.stringRecordMap(info.name()));
                case RECORD_TABLE -> {
                    TableView table = view.table(info.name());
                    for (int row = 0; row < table.rows(); row++) {
                        readRecord(table.row(row));
                    }
                }
                case QUEUE -> {
                    QueueView queue = view.queue(info.name());
                    for (int i = 0; i < queue.size(); i++) {
                        readRecord(queue.record(i));
                    }
                }
                case APPEND_LOG -> {
                    AppendLogView log = view.appendLog(info.name());
                    for (long sequence = log.firstSequence(); sequence < log.nextSequence(); sequence++) {
                        log.entry(sequence);
                    }
                }
                case POOL -> {
                    PoolView pool = view.pool(info.name());
                    pool.handles().forEach(handle -> readRecord(pool.record(handle)));
                }
                case CHANNEL, BROADCAST -> view.ring(info.name());
                case CURSOR -> view.cursor(info.name());
                case COUNTERS -> view.counters(info.name()).values().keySet().forEach(view.counters(info.name())::get);
                case REQUESTS -> {
                    RequestsView requests = view.requests(info.name());
                    for (RequestInfo request : requests.requests()) {
                        assertEquals(
                                request.inputBytes(),
                                requests.input(request.id()).orElseThrow().length);
                    }
                }
                default -> readRecord(view.record(info.name()));
            }
        }
    }

    /** A map that was not found damaged finds each of its keys, as often as its size says. */
    private static void readMap(StringLongMapView map) {
        long[] keys = new long[1];
        map.forEach((key, length, value) -> {
            map.get(key, 0, length, 0);
            keys[0]++;
        });
        assertEquals(map.size(), keys[0]);
    }

    private static void readMap(LongLongMapView map) {
        long[] keys = new long[1];
        map.forEach((key, value) -> {
            assertEquals(value, map.get(key, ~value));
            keys[0]++;
        });
        assertEquals(map.size(), keys[0]);
    }

    private static void readMap(LongRecordMapView map) {
        long[] keys = new long[1];
        map.forEach((key, record) -> {
            readRecord(record);
            readRecord(map.find(key).orElseThrow());
            keys[0]++;
        });
        assertEquals(map.size(), keys[0]);
    }

    private static void readMap(StringRecordMapView map) {
        long[] keys = new long[1];
        map.forEach((key, record) -> {
            readRecord(record);
            readRecord(map.find(key, 0, key.length).orElseThrow());
            keys[0]++;
        });
        assertEquals(map.size(), keys[0]);
    }

    private static void readRecord(RecordView record) {
        for (FieldInfo field : record.fields()) {
            switch (field.type()) {
                case INT64 -> record.int64(field.name());
                case FLOAT64 -> record.float64(field.name());
                case BYTES -> record.bytes(field.name());
            }
        }
    }

    /** The owner may refuse to start, with the exception that says so; it must not store outside the arena or hang. */
    private static void recover(RecordingMemory memory, Header header) {
        try {
            OwnedSegment owner = new OwnedSegment(memory, header, 1, 1, null, null, null);
            owner.recover();
        } catch (SegmentDamagedException e) {
            // That is the answer.
        }
    }
}
