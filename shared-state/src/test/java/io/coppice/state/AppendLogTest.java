package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coppice.state.testing.RecordingMemory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppendLogTest {
    private static final int LENGTH = 128 << 10;

    private final RecordLayout.Builder builder = RecordLayout.named("row");
    private final LongField number = builder.int64("number");
    private final RecordLayout layout = builder.build();
    private final RecordingMemory memory = TestSegments.formatted(LENGTH);
    private final State state = open();

    private State open() {
        OwnedSegment segment = TestSegments.own(memory, 1);
        segment.recover();
        return segment.state();
    }

    private static long append(AppendLog log, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return log.append(bytes, 0, bytes.length);
    }

    private static String text(AppendLog log, long sequence) {
        byte[] bytes = new byte[log.length(sequence)];
        assertEquals(bytes.length, log.read(sequence, bytes, 0));
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldKeepEveryEntryThroughManyTurnsOfTheRing(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int entries = 1 + random.nextInt(20);
        int bytes = 8 * (1 + random.nextInt(60));
        AppendLog log = state.appendLog("log", entries, bytes);
        state.commit();
        TreeMap<Long, byte[]> model = new TreeMap<>();
        TreeMap<Long, byte[]> committed = new TreeMap<>();
        long next = 0;
        long committedNext = 0;
        for (int step = 0; step < 20_000; step++) {
            String where = "seed " + seed + ", step " + step;
            if (random.nextInt(3) > 0) {
                byte[] entry = StructurePlayer.bytes(random, random.nextInt(1 + bytes / 2));
                long used = model.values().stream()
                        .mapToLong(b -> AppendLog.entryBytes(b.length))
                        .sum();
                assertEquals(bytes - used, log.freeBytes(), where);
                if (model.size() == entries || entry.length > bytes - used) {
                    assertThrows(CapacityExceededException.class, () -> log.append(entry, 0, entry.length), where);
                } else {
                    assertEquals(next, log.append(entry, 0, entry.length), where);
                    model.put(next++, entry);
                }
            } else {
                long before = next - random.nextInt(model.size() + 1);
                log.truncateBefore(before);
                model.headMap(before).clear();
            }
            for (long sequence : model.keySet()) {
                byte[] entry = new byte[log.length(sequence) + 3];
                log.read(sequence, entry, 3);
                assertArrayEquals(model.get(sequence), Arrays.copyOfRange(entry, 3, entry.length), where);
            }
            assertEquals(model.size(), log.size(), where);
            assertEquals(next, log.nextSequence(), where);
            if (random.nextInt(4) == 0) {
                state.commit();
                committed = new TreeMap<>(model);
                committedNext = next;
            } else if (random.nextInt(15) == 0) {
                state.rollback();
                model = new TreeMap<>(committed);
                next = committedNext;
            }
        }
    }

    @Test
    void shouldTakeOneEntryAsLongAsItsCapacityWhereverTheRingIs() {
        AppendLog log = state.appendLog("log", 2, 61);
        assertEquals(64, log.capacityBytes());
        byte[] all =
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 40; i++) {
            append(log, "x".repeat(i % 9));
            log.truncateBefore(log.nextSequence());
            long sequence = log.append(all, 0, all.length);
            byte[] read = new byte[64];
            log.read(sequence, read, 0);
            assertArrayEquals(all, read);
            log.truncateBefore(sequence + 1);
            state.commit();
        }
        assertEquals(80, log.nextSequence());
    }

    @Test
    void shouldRefuseAnEntryBeyondItsCapacities() {
        AppendLog log = state.appendLog("journal", 3, 32);
        append(log, "0123456789abcdefg");
        Refusals.assertRefuses(
                memory,
                CapacityExceededException.class,
                () -> append(log, "123456789"),
                "journal",
                "test/unit",
                "9 bytes",
                "8 of its capacity of 32",
                "capacityBytes",
                "`state`");
        append(log, "");
        append(log, "12345678");
        Refusals.assertRefuses(
                memory,
                CapacityExceededException.class,
                () -> append(log, ""),
                "journal",
                "3 entries",
                "capacityEntries",
                "`state`");
        Refusals.assertRefuses(memory, IndexOutOfBoundsException.class, () -> log.append(new byte[3], 1, 3));
        log.truncateBefore(1);
        assertEquals(3, append(log, "again"));
        assertEquals("again", text(log, 3));
        assertEquals("", text(log, 1));
    }

    @Test
    void shouldRefuseToReadWhatIsNotKept() {
        AppendLog log = state.appendLog("journal", 3, 32);
        Refusals.assertRefuses(memory, IndexOutOfBoundsException.class, () -> log.length(0), "journal", "empty");
        for (int i = 0; i < 3; i++) {
            append(log, "entry " + i);
        }
        log.truncateBefore(1);
        log.truncateBefore(0);
        assertEquals(1, log.firstSequence());
        Refusals.assertRefuses(memory, IndexOutOfBoundsException.class, () -> log.length(0), "journal", "1 to 2");
        Refusals.assertRefuses(memory, IndexOutOfBoundsException.class, () -> log.length(3), "journal", "1 to 2");
        Refusals.assertRefuses(memory, IndexOutOfBoundsException.class, () -> log.truncateBefore(4), "4", "1 to 2");
        byte[] small = new byte[8];
        assertThrows(IndexOutOfBoundsException.class, () -> log.read(1, small, 2));
        assertArrayEquals(new byte[8], small);
    }

    @Test
    void shouldGiveBackEntriesWhoseRoomAStepTookWhenItIsRolledBack() {
        AppendLog log = state.appendLog("log", 2, 16);
        append(log, "first");
        append(log, "second");
        state.commit();
        log.truncateBefore(2);
        append(log, "overwrites both");
        state.rollback();
        assertEquals("first", text(log, 0));
        assertEquals("second", text(log, 1));
        assertEquals(2, log.nextSequence());
        log.truncateBefore(2);
        append(log, "overwrites both");
        AppendLog successor = open().appendLog("log", 2, 16);
        assertEquals("second", text(successor, 1));
    }

    @Test
    void shouldStoreNothingOfAnEntryThatTheUndoLogCannotHold() {
        AppendLog log = state.appendLog("journal", 10, 20_000);
        RecordTable rows = state.table("rows", layout, 1000);
        append(log, "kept");
        state.commit();
        Refusals.assertRefuses(
                memory, UndoLogFullException.class, () -> append(log, "x".repeat(17_000)), "journal", "`state`");
        Refusals.fillUndoLog(state, rows, number, 80);
        Refusals.assertRefuses(memory, UndoLogFullException.class, () -> append(log, "word"), "journal");
        Refusals.fillUndoLog(state, rows, number, 0);
        Refusals.assertRefuses(memory, UndoLogFullException.class, () -> log.truncateBefore(1), "`state`");
        state.rollback();
        assertEquals(1, append(log, "more"));
        assertEquals("kept", text(log, 0));
    }

    @Test
    void shouldRefuseOtherCapacitiesOrAnotherType() {
        state.appendLog("log", 3, 30);
        state.table("rows", layout, 3);
        Refusals.assertRefuses(
                memory, LayoutMismatchException.class, () -> state.appendLog("log", 4, 30), "3 entries", "4 entries");
        Refusals.assertRefuses(
                memory, LayoutMismatchException.class, () -> state.appendLog("log", 3, 33), "32 bytes", "40 bytes");
        Refusals.assertRefuses(
                memory, LayoutMismatchException.class, () -> state.appendLog("rows", 3, 30), "RECORD_TABLE");
        for (long bytes : new long[] {1 << 20, Long.MAX_VALUE}) {
            Refusals.assertRefuses(
                    memory, CapacityExceededException.class, () -> state.appendLog("big", 3, bytes), "`state`");
        }
        Refusals.assertRefuses(
                memory,
                CapacityExceededException.class,
                () -> state.appendLog("big", Integer.MAX_VALUE, Long.MAX_VALUE),
                "`state`");
        assertThrows(IllegalArgumentException.class, () -> state.appendLog("none", 0, 30));
        assertThrows(IllegalArgumentException.class, () -> state.appendLog("none", 3, 0));
        assertSame(state.appendLog("log", 3, 30), state.appendLog("log", 3, 32));
    }

    @Test
    void shouldBeDetachedWhenItsCreationIsRolledBack() {
        AppendLog log = state.appendLog("log", 3, 30);
        append(log, "x");
        state.rollback();
        assertThrows(IllegalStateException.class, () -> append(log, "x"));
        assertThrows(IllegalStateException.class, log::nextSequence);
        assertThrows(IllegalStateException.class, () -> log.length(0));
        assertEquals(0, state.appendLog("log", 3, 30).size());
    }

    @Test
    void shouldTellWhatItTakesOfASegment() {
        long before = state.freeBytes();
        state.appendLog("log", 7, 1001);
        assertEquals(AppendLog.sizeBytes(7, 1001), before - state.freeBytes());
    }

    @Test
    void shouldShowPeersItsEntriesBySequence() {
        AppendLog log = state.appendLog("log", 3, 40);
        append(log, "dropped");
        append(log, "twelve bytes");
        append(log, "eight b.");
        log.truncateBefore(1);
        append(log, "wraps around");
        state.commit();
        log.truncateBefore(4);
        StateView view = TestSegments.snapshot(TestSegments.read(memory));
        AppendLogView peers = view.appendLog("log");
        assertEquals(1, peers.firstSequence());
        assertEquals(4, peers.nextSequence());
        assertEquals(3, peers.size());
        assertEquals(3, view.used("log"));
        assertEquals(3, peers.capacityEntries());
        assertEquals(40, peers.capacityBytes());
        assertEquals(40, peers.usedBytes());
        assertEquals("twelve bytes", new String(peers.entry(1), StandardCharsets.UTF_8));
        assertEquals("wraps around", new String(peers.entry(3), StandardCharsets.UTF_8));
        assertThrows(IndexOutOfBoundsException.class, () -> peers.entry(0));
        assertThrows(IndexOutOfBoundsException.class, () -> peers.entry(4));
    }

    @Test
    void shouldNoticeDamage() {
        AppendLog log = state.appendLog("journal", 3, 32);
        append(log, "12345678");
        append(log, "1234567");
        append(log, "123");
        log.truncateBefore(1);
        state.commit();
        long data = Refusals.data(state, "journal");
        long second = AppendLogLayout.indexOffset(data, 1, 3);
        for (long hostile : new long[] {-1, 4, Long.MIN_VALUE, Long.MAX_VALUE}) {
            Refusals.assertReadersNotice(
                    memory, data + AppendLogLayout.FIRST_SEQUENCE_OFFSET, hostile, "journal", "3 entries and 32 bytes");
        }
        for (long hostile : new long[] {-1, 0, 5, Long.MAX_VALUE}) {
            Refusals.assertReadersNotice(memory, data + AppendLogLayout.NEXT_SEQUENCE_OFFSET, hostile, "nextSequence");
        }
        for (long hostile : new long[] {-1, 0, 16, 25, 32, Long.MAX_VALUE, Long.MIN_VALUE}) {
            Refusals.assertReadersNotice(memory, data + AppendLogLayout.NEXT_POSITION_OFFSET, hostile, "journal");
        }
        for (long hostile : new long[] {-8, 0, 16, 1 << 20, Long.MIN_VALUE}) {
            Refusals.assertReadersNotice(memory, second + AppendLogLayout.INDEX_POSITION_OFFSET, hostile, "entry 1");
        }
        for (long hostile : new long[] {-1, 9, 33, 1L << 32, Long.MAX_VALUE}) {
            Refusals.assertReadersNotice(memory, second + AppendLogLayout.INDEX_LENGTH_OFFSET, hostile, "entry 1");
            memory.putLong(second + AppendLogLayout.INDEX_LENGTH_OFFSET, hostile < 0 ? hostile : hostile + 32);
            Refusals.assertRefuses(memory, SegmentDamagedException.class, () -> log.length(1), "journal", "entry 1");
            Refusals.assertRefuses(memory, SegmentDamagedException.class, log::freeBytes, "journal");
        }
        memory.putLong(data + AppendLogLayout.NEXT_SEQUENCE_OFFSET, 1000);
        Refusals.assertRefuses(memory, SegmentDamagedException.class, () -> append(log, ""), "journal", "1000");
        Refusals.assertRefuses(memory, SegmentDamagedException.class, () -> log.truncateBefore(2), "journal");
    }
}
