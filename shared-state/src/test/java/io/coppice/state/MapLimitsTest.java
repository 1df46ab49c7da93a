package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.CrashError;
import io.coppice.state.testing.RecordingMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Whatever a map refuses names the limit and leaves every byte as it was. */
class MapLimitsTest {
    private static final int LENGTH = 128 << 10;
    private static final long ONE_WORD = UndoLayout.ONE_WORD_ENTRY;

    private final RecordingMemory memory = TestSegments.formatted(LENGTH);
    private final State state = open();
    private final RecordLayout layout = RecordContents.LAYOUT;

    private State open() {
        OwnedSegment segment = TestSegments.own(memory, 1);
        segment.recover();
        return segment.state();
    }

    private <T extends RuntimeException> void refuses(Class<T> type, Executable action, String... words) {
        byte[] before = memory.copy();
        T refusal = assertThrows(type, action);
        for (String word : words) {
            assertTrue(String.valueOf(refusal.getMessage()).contains(word), refusal.getMessage());
        }
        assertArrayEquals(before, memory.bytes(), "bytes changed");
    }

    /** Leaves {@code room} to {@code room + 23} bytes in the undo log. */
    private void fillUndoLog(long room) {
        RecordLayout.Builder builder = RecordLayout.named("filler");
        LongField number = builder.int64("number");
        RecordTable filler = state.table("filler", builder.build(), 1000);
        state.commit();
        for (int row = 0; state.undoFreeBytes() >= room + ONE_WORD; row++) {
            filler.row(row).set(number, 1);
        }
    }

    @Test
    void shouldRefuseAKeyBeyondTheCapacity() {
        LongLongMap longs = state.longLongMap("longs", 2);
        longs.put(TestSegments.HASH_SEED, 1);
        longs.put(2, 1);
        refuses(CapacityExceededException.class, () -> longs.put(3, 1), "longs", "2", "`state`", "test/unit");
        refuses(CapacityExceededException.class, () -> longs.add(3, 1), "longs");
        longs.remove(2);
        longs.put(3, 1);
        refuses(CapacityExceededException.class, () -> longs.put(2, 1), "longs");
        LongRecordMap records = state.longRecordMap("records", 2, layout);
        records.put(1);
        records.put(2);
        refuses(CapacityExceededException.class, () -> records.put(3), "records", "2", "`state`", "test/unit");
        StringRecordMap named = state.stringRecordMap("named", 2, 10, 0, layout);
        named.put("a");
        named.put("b");
        refuses(CapacityExceededException.class, () -> named.put("c"), "named", "2", "`state`", "test/unit");
        named.put("b");
    }

    @Test
    void shouldRefuseAKeyThatIsTooLongOrThatTheKeyPoolCannotHold() {
        StringRecordMap map = state.stringRecordMap("named", 30, 40, 64, layout);
        refuses(CapacityExceededException.class, () -> map.put("x".repeat(41)), "named", "40", "41", "`state`");
        assertNull(map.find("x".repeat(41)));
        map.put("0123456789");
        refuses(CapacityExceededException.class, () -> map.put("x".repeat(40)), "Key pool", "named", "64", "`state`");
        map.put("9876543210");
        refuses(CapacityExceededException.class, () -> map.put("123456789"), "Key pool");
        map.put("short");
        assertEquals(3, map.size());
    }

    @Test
    void shouldRefuseAChangeThatTheUndoLogCannotHoldAndStayUsable() {
        LongLongMap longs = state.longLongMap("longs", 10);
        LongRecordMap records = state.longRecordMap("records", 10, layout);
        StringRecordMap named = state.stringRecordMap("named", 10, 100, 1024, layout);
        longs.put(1, 1);
        records.put(1);
        named.put("a key longer than the prefix");
        fillUndoLog(ONE_WORD);
        refuses(UndoLogFullException.class, () -> longs.put(2, 1), "longs", "`state`", "16384");
        refuses(UndoLogFullException.class, () -> longs.remove(1), "longs");
        refuses(UndoLogFullException.class, () -> records.put(2), "records");
        refuses(UndoLogFullException.class, () -> records.remove(1), "records");
        refuses(UndoLogFullException.class, () -> named.put("b"), "named");
        refuses(UndoLogFullException.class, () -> named.remove("a key longer than the prefix"), "named");
        longs.put(1, 7);
        refuses(UndoLogFullException.class, () -> records.put(1).set(RecordContents.NUMBER, 1), "one-word");
        state.rollback();
        assertEquals(1, longs.get(1, 0));
        assertTrue(longs.remove(1) && records.remove(1) && named.remove("a key longer than the prefix"));
        state.commit();
    }

    @Test
    void shouldNeedOfTheUndoLogNoMoreThanItAskedFor() {
        LongLongMap longs = state.longLongMap("longs", 6);
        StringRecordMap named = state.stringRecordMap("named", 6, 100, 1024, layout);
        state.commit();
        for (int i = 0; i < 6; i++) {
            named.put("a key longer than the prefix " + i).set(RecordContents.NUMBER, i);
            longs.put(i, i);
        }
        state.commit();
        for (long room = 0; room < 600; room += 8) {
            fillUndoLog(room);
            try {
                longs.remove(3);
                named.remove("a key longer than the prefix 3");
                named.put("another key that is rather long");
            } catch (UndoLogFullException e) {
                assertEquals(6, named.size() + (named.contains("a key longer than the prefix 3") ? 0 : 1));
            }
            state.rollback();
        }
        assertEquals(6, longs.size());
    }

    @Test
    void shouldRefuseToCommitAHalfDoneOperation() {
        LongRecordMap records = state.longRecordMap("records", 10, layout);
        records.put(1).set(RecordContents.NUMBER, 7);
        state.commit();
        memory.crashAfter(9);
        assertThrows(CrashError.class, () -> records.put(2));
        memory.surviveFromNow();
        assertThrows(IllegalStateException.class, state::commit);
        assertThrows(IllegalStateException.class, () -> records.put(3));
        state.rollback();
        assertEquals(1, records.size());
        assertEquals(7, records.put(1).get(RecordContents.NUMBER));
        state.commit();
    }

    @Test
    void shouldDetachMapsWhoseCreationWasRolledBack() {
        LongLongMap longs = state.longLongMap("longs", 10);
        LongRecordMap records = state.longRecordMap("records", 10, layout);
        StringRecordMap named = state.stringRecordMap("named", 10, 100, 1024, layout);
        longs.put(1, 1);
        Record record = records.put(1);
        named.put("a");
        state.rollback();
        String[] advice = {"Ask the State for it again"};
        refuses(IllegalStateException.class, () -> longs.put(1, 1), advice);
        refuses(IllegalStateException.class, () -> longs.get(1, 1), advice);
        refuses(IllegalStateException.class, () -> longs.get(TestSegments.HASH_SEED, 1), advice);
        refuses(IllegalStateException.class, () -> longs.size(), advice);
        refuses(IllegalStateException.class, () -> longs.forEach((key, value) -> {}), advice);
        refuses(IllegalStateException.class, () -> records.put(1), advice);
        refuses(IllegalStateException.class, () -> records.remove(1), advice);
        refuses(IllegalStateException.class, () -> record.set(RecordContents.NUMBER, 1), advice);
        refuses(IllegalStateException.class, () -> named.put("a"), advice);
        assertEquals(0, state.longLongMap("longs", 10).size());
        assertEquals(0, state.longRecordMap("records", 10, layout).size());
    }

    @Test
    void shouldRefuseOtherSizesOrAnotherLayoutUnderTheSameName() {
        state.longLongMap("longs", 10);
        state.longRecordMap("records", 10, layout);
        state.stringRecordMap("named", 10, 100, 1024, layout);
        RecordLayout.Builder builder = RecordLayout.named("contents");
        builder.int64("number");
        RecordLayout other = builder.build();
        refuses(LayoutMismatchException.class, () -> state.longLongMap("longs", 11), "10", "11", "`evolve`");
        refuses(LayoutMismatchException.class, () -> state.longLongMap("records", 10), "LONG_RECORD_MAP");
        refuses(LayoutMismatchException.class, () -> state.longRecordMap("records", 10, other), "number");
        refuses(LayoutMismatchException.class, () -> state.longRecordMap("records", 9, layout), "9", "10");
        refuses(LayoutMismatchException.class, () -> state.stringRecordMap("named", 10, 99, 1024, layout), "99");
        refuses(LayoutMismatchException.class, () -> state.stringRecordMap("named", 10, 100, 2048, layout), "2048");
    }

    @Test
    void shouldRefuseSizesThatCannotBe() {
        int tooMany = MapLayout.MAX_CAPACITY + 1;
        refuses(IllegalArgumentException.class, () -> state.longLongMap("m", 0), "capacity", "0");
        refuses(IllegalArgumentException.class, () -> state.longRecordMap("m", tooMany, layout), "capacity");
        refuses(IllegalArgumentException.class, () -> state.stringRecordMap("m", 1, 0, 0, layout), "maxKeyBytes");
        refuses(IllegalArgumentException.class, () -> state.stringRecordMap("m", 1, 1, -1, layout), "keyPoolBytes");
        RecordLayout.Builder builder = RecordLayout.named("huge");
        builder.bytes("all", 1 << 29);
        RecordLayout huge = builder.build();
        refuses(
                CapacityExceededException.class,
                () -> state.longRecordMap("m", MapLayout.MAX_CAPACITY, huge),
                "`state`");
        refuses(
                CapacityExceededException.class,
                () -> state.stringRecordMap("m", 1, 1, Long.MAX_VALUE, huge),
                "`state`");
    }

    @Test
    void shouldRefuseToFollowDamagedWords() {
        LongRecordMap records = state.longRecordMap("records", 3, layout);
        records.put(1);
        records.put(2);
        records.remove(1);
        state.commit();
        long data = state.structures().get(0).offsetBytes();
        long hash = MapLayout.hash(2, TestSegments.HASH_SEED);
        long entry = data + 64 + (hash & 7) * 16;
        long slots = data + 64 + 9 * 16;
        for (long hostile : new long[] {0, -1, 4, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE}) {
            withDamage(entry + 8, hostile, () -> records.put(2));
            withDamage(entry + 8, hostile, () -> records.remove(2));
            withDamage(data + 48, hostile == 0 ? -5 : hostile, () -> records.put(3));
            withDamage(slots, hostile == 0 ? -5 : hostile, () -> records.put(3));
        }
        records.put(3);
        state.commit();
    }

    private void withDamage(long offset, long value, Executable action) {
        long sound = memory.getLong(offset);
        memory.putLong(offset, value);
        refuses(SegmentDamagedException.class, action, "records");
        memory.putLong(offset, sound);
    }
}
