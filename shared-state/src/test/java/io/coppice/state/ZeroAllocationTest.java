package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Method: the JVM's own count of bytes allocated by this thread, over many warm rounds on a mapped file. */
class ZeroAllocationTest {
    private static final int WARM_ROUNDS = 30_000;
    private static final int MEASURED_ROUNDS = 20_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final RecordLayout.Builder builder = RecordLayout.named("r");
    private final LongField number = builder.int64("number");
    private final DoubleField price = builder.float64("price");
    private final BytesField text = builder.bytes("text", 64);
    private final RecordLayout layout = builder.build();
    private final byte[] bytes = "the quick brown incomprehensibilities".getBytes(StandardCharsets.US_ASCII);
    private final byte[] target = new byte[64];
    private long blackHole;

    private static long allocatedBy(Runnable action) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        action.run();
        return threads.getThreadAllocatedBytes(thread) - before;
    }

    private void assertAllocatesNothing(String what, Runnable round) {
        Runnable warm = () -> {
            for (int i = 0; i < WARM_ROUNDS; i++) {
                round.run();
            }
        };
        Runnable measured = () -> {
            for (int i = 0; i < MEASURED_ROUNDS; i++) {
                round.run();
            }
        };
        warm.run();
        allocatedBy(measured);
        long overhead = allocatedBy(() -> {});
        // A compilation that ends while one measurement runs may allocate on this thread (deoptimisation); not in
        // three.
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            least = Math.min(least, allocatedBy(measured) - overhead);
        }
        assertEquals(0, least, what);
    }

    @Test
    void shouldNotAllocateForTheWordsOfTransactions() throws SegmentException, IOException {
        Path file = TestSegments.create(directory.resolve("slot.seg"), TestSegments.spec(1 << 20));
        try (OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve("slot.lock"), 1, 1);
                ReadOnlySegment reader = SegmentFile.openReadOnly(file)) {
            owner.recover();
            owner.beginRequest(17);
            Requests requests = owner.requests(8, 64);
            int entry = requests.add(RequestId.of(1, 1), "task", new byte[10]);
            owner.stampResult();
            owner.state().commit();
            assertAllocatesNothing("words of transactions", () -> {
                owner.request(2, ++blackHole);
                owner.orderDone(blackHole);
                requests.slot(entry, 2);
                requests.status(entry, RequestStatus.RUNNING);
                owner.state().commit();
                blackHole += reader.request(2) + reader.orderDone() + reader.requestId();
                blackHole += reader.done(17) ? 1 : 0;
                blackHole += requests.find(3) + requests.oldest(RequestStatus.QUEUED) + requests.size();
                blackHole += requests.status(entry).code() + requests.count(RequestStatus.RUNNING);
            });
        }
    }

    @Test
    @SuppressWarnings("deprecation")
    void shouldAllocateNothingInAnyHotCall() throws IOException, SegmentException {
        Path file = TestSegments.create(directory.resolve("unit.seg"), TestSegments.spec(1 << 20));
        try (OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve("unit.lock"), 1, 1);
                ReadOnlySegment reader = SegmentFile.openReadOnly(file)) {
            owner.recover();
            State state = owner.state();
            Record record = state.record("r", layout);
            Record published = state.published("p", layout);
            RecordTable table = state.table("t", layout, 10);
            StringLongMap map = state.stringLongMap("m", 1000, 64, 10_000);
            state.commit();
            assertAllocatesNothing("one-word commit", () -> {
                record.add(number, 1);
                state.commit();
            });
            assertAllocatesNothing("record and bytes", () -> {
                record.set(price, record.get(price) + 1);
                record.set(text, bytes, 0, 20);
                record.append(text, bytes, 3, 9);
                blackHole += record.get(text, target, 0);
                record.clear(text);
                table.row(3).set(number, blackHole);
                state.commit();
            });
            assertAllocatesNothing("map", () -> {
                map.add(bytes, 0, 3, 1);
                map.add(bytes, 16, 21, 1);
                map.put(bytes, 4, 5, blackHole);
                blackHole += map.get(bytes, 4, 5, 0);
                map.remove(bytes, 16, 21);
                state.commit();
            });
            LongLongMap numbers = state.longLongMap("numbers", 1000);
            LongRecordMap rows = state.longRecordMap("rows", 1000, layout);
            StringRecordMap named = state.stringRecordMap("named", 1000, 64, 10_000, layout);
            state.commit();
            assertAllocatesNothing("map from longs", () -> {
                numbers.add(blackHole & 511, 1);
                numbers.put(7, blackHole);
                blackHole += numbers.get(7, 0) + numbers.size();
                numbers.remove(blackHole & 511);
                state.commit();
            });
            assertAllocatesNothing("maps to records", () -> {
                rows.put(blackHole & 511).add(number, 1);
                Record row = rows.find(7);
                blackHole += row == null ? 1 : row.get(number);
                rows.remove(blackHole & 511);
                named.put(bytes, 16, 21).set(text, bytes, 0, 20);
                named.put(bytes, 4, 5).add(number, 1);
                named.remove(bytes, 16, 21);
                state.commit();
            });
            LongLongMap.Visitor sum = (key, value) -> blackHole += value;
            LongRecordMap.Visitor sumOfRecords = (key, row) -> blackHole += row.get(number);
            assertAllocatesNothing("a walk over maps from longs", () -> {
                numbers.forEach(sum);
                rows.forEach(sumOfRecords);
            });
            assertAllocatesNothing("rollback", () -> {
                record.add(number, 1);
                map.add(bytes, 16, 21, 1);
                state.rollback();
            });
            PublishedView view = reader.published("p", layout);
            published.set(number, 1);
            state.commit();
            assertAllocatesNothing("publish and refresh", () -> {
                published.add(number, 1);
                state.commit();
                view.refresh();
                blackHole += view.get(number);
            });
            Broadcast broadcast = state.broadcast("b", 1 << 16);
            Channel channel = state.channel("c", 4096, "unit");
            state.receivers(name -> reader);
            RingReader broadcastReader = reader.ring(state.cursor("b-read", "unit", "b"));
            RingReader channelReader = reader.ring(state.cursor("c-read", "unit", "c"));
            MessageHandler sumOfMessages =
                    (buffer, offset, length, messageNumber) -> blackHole += buffer[offset] + messageNumber;
            state.commit();
            assertAllocatesNothing("send, commit, poll and commit", () -> {
                broadcast.offer(bytes, 0, 30);
                channel.offer(bytes, 2, 11);
                state.commit();
                broadcastReader.poll(sumOfMessages, 10);
                channelReader.poll(sumOfMessages, 10);
                state.commit();
                broadcastReader.poll(sumOfMessages, 10);
            });
            assertAllocatesNothing("what the root reads, and the heartbeat", () -> {
                owner.heartbeat().beat();
                owner.heartbeat().busy(5);
                blackHole += reader.heartbeatCountAcquire() + reader.busyAtCount() + reader.busyAtMostMs();
                blackHole += reader.phase() + reader.incarnation() + reader.commitSequenceAcquire();
            });
        }
    }

    /** Millions of rows must not need an object each before the first is used. */
    @Test
    void shouldAttachATableWithoutAnObjectForEachRow() throws IOException, SegmentException {
        Path file = TestSegments.create(directory.resolve("unit.seg"), TestSegments.spec(16 << 20));
        try (OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve("unit.lock"), 1, 1)) {
            owner.recover();
            State state = owner.state();
            RecordLayout.Builder narrow = RecordLayout.named("narrow");
            LongField word = narrow.int64("word");
            RecordLayout row = narrow.build();
            int rows = 1_000_000;
            long allocated = allocatedBy(() -> state.table("many", row, rows));
            assertTrue(allocated < rows, "allocated " + allocated + " bytes for " + rows + " rows");
            state.commit();
            RecordTable table = state.table("many", row, rows);
            assertAllocatesNothing("any row", () -> {
                table.at((int) (blackHole++ * 7919 % rows)).add(word, 1);
                state.commit();
            });
            assertSame(table.row(999_999), table.row(999_999));
            Record first = table.row(0);
            table.row(1).set(word, 5);
            table.at(2).set(word, 6);
            first.set(word, 4);
            assertEquals(4, table.at(0).get(word));
            assertEquals(5, table.at(1).get(word));
            state.rollback();
            assertEquals(table.at(2).get(word), table.row(2).get(word));
        }
    }

    @Test
    void shouldStopShowingRowsOfATableWhoseCreationIsRolledBack() {
        State state = TestSegments.state(1 << 20);
        RecordTable table = state.table("t", layout, 3000);
        Record kept = table.row(2999);
        Record moved = table.at(5);
        state.rollback();
        assertThrows(IllegalStateException.class, () -> kept.set(number, 1));
        assertThrows(IllegalStateException.class, () -> moved.set(number, 1));
        assertThrows(IllegalStateException.class, () -> table.at(2999).get(number));
        assertThrows(IllegalStateException.class, () -> table.row(7).get(number));
        assertThrows(IndexOutOfBoundsException.class, () -> table.at(3000));
        assertThrows(IndexOutOfBoundsException.class, () -> table.row(-1));
    }

    @Test
    void shouldAllocateNothingWithAChecksumOfTheArena() throws IOException, SegmentException {
        Path file = TestSegments.create(directory.resolve("unit.seg"), TestSegments.spec(1 << 20));
        try (OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve("unit.lock"), 1, 1)) {
            owner.recover(Checksum.ARENA);
            State state = owner.state();
            Record published = state.published("p", layout);
            RecordTable table = state.table("t", layout, 1000);
            LongLongMap numbers = state.longLongMap("numbers", 1000);
            Broadcast broadcast = state.broadcast("b", 1 << 16);
            state.commit();
            assertAllocatesNothing("commits and rollbacks with a checksum", () -> {
                numbers.add(blackHole & 511, 1);
                published.add(number, 1);
                table.row((int) (blackHole++ % 1000)).set(text, bytes, 0, 20);
                broadcast.offer(bytes, 0, 30);
                state.commit();
                table.row(0).add(number, 1);
                table.row(999).add(number, 1);
                table.row(0).add(number, 1);
                state.rollback();
            });
            assertEquals(
                    ChecksumVerdict.RIGHT,
                    TestSegments.read(MappedMemory.map(file, false)).checksum());
        }
    }

    @Test
    void shouldAllocateNothingInSequences() throws IOException, SegmentException {
        Path file = TestSegments.create(directory.resolve("unit.seg"), TestSegments.spec(1 << 20));
        try (OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve("unit.lock"), 1, 1)) {
            owner.recover();
            State state = owner.state();
            RecordQueue queue = state.queue("q", layout, 7);
            state.commit();
            Consumer<Record> increment = record -> record.add(number, 1);
            assertAllocatesNothing("queue", () -> {
                while (queue.offer() != null) {
                    blackHole++;
                }
                queue.forEach(increment);
                blackHole += queue.remove().get(number);
                queue.clear();
                state.commit();
            });
            AppendLog log = state.appendLog("l", 5, 100);
            state.commit();
            assertAllocatesNothing("append log", () -> {
                long sequence = log.append(bytes, 0, 20);
                log.append(bytes, 3, 9);
                blackHole += log.read(sequence, target, 0) + log.freeBytes();
                log.truncateBefore(sequence + 1);
                state.commit();
                log.truncateBefore(log.nextSequence());
                state.rollback();
                log.truncateBefore(log.nextSequence());
                state.commit();
            });
            RecordPool pool = state.pool("p", layout, 3);
            state.commit();
            RecordPool.Visitor incrementEach = (handle, record) -> record.add(number, 1);
            assertAllocatesNothing("pool", () -> {
                long first = pool.acquire();
                long second = pool.acquire();
                pool.get(second).set(number, blackHole);
                pool.forEach(incrementEach);
                pool.release(first);
                state.commit();
                blackHole += pool.isInUse(first) ? 1 : pool.tryAcquire();
                state.rollback();
                pool.release(second);
                state.commit();
            });
            Counters counters = state.counters("c", 3);
            Counter counter = counters.counter("orders");
            state.commit();
            Consumer<Counter> addAll = each -> each.add(1);
            assertAllocatesNothing("counters", () -> {
                counter.set(counter.add(1) + 2);
                counters.counter("orders").add(1);
                counters.forEach(addAll);
                state.commit();
            });
        }
    }
}
