package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.CrashError;
import io.coppice.state.testing.RecordingMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Whatever is refused names the limit and leaves every byte as it was. */
class LimitsTest {
    private static final int LENGTH = 128 << 10;

    private final RecordLayout.Builder builder = RecordLayout.named("limits");
    private final LongField number = builder.int64("number");
    private final BytesField text = builder.bytes("text", 100);
    private final RecordLayout layout = builder.build();
    private final RecordingMemory memory = TestSegments.formatted(LENGTH);
    private final State state = open();

    private State open() {
        OwnedSegment segment = TestSegments.own(memory, 1);
        segment.recover();
        return segment.state();
    }

    private <T extends StateException> void refuses(Class<T> type, Executable action, String... words) {
        byte[] before = memory.copy();
        T refusal = assertThrows(type, action);
        for (String word : words) {
            assertTrue(String.valueOf(refusal.getMessage()).contains(word), refusal.getMessage());
        }
        assertArrayEquals(before, memory.bytes(), "bytes changed");
    }

    @Test
    void shouldRefuseAKeyBeyondTheCapacity() {
        StringLongMap map = state.stringLongMap("words", 3, 100, 4096);
        map.put("a", 1);
        map.put("b", 1);
        map.put("c", 1);
        refuses(CapacityExceededException.class, () -> map.put("d", 1), "words", "3", "`state`", "test/unit");
        refuses(CapacityExceededException.class, () -> map.add("d", 1), "words");
        map.put("c", 2);
        state.commit();
        assertEquals(2, map.get("c", 0));
    }

    @Test
    void shouldRefuseAKeyThatIsTooLong() {
        StringLongMap map = state.stringLongMap("words", 3, 10, 4096);
        refuses(CapacityExceededException.class, () -> map.put("01234567890", 1), "words", "10", "11", "`state`");
        assertEquals(-1, map.get("01234567890", -1));
        assertFalse(map.remove("01234567890"));
    }

    @Test
    void shouldRefuseAKeyThatTheKeyPoolCannotHold() {
        StringLongMap map = state.stringLongMap("words", 30, 100, 64);
        map.put("0123456789", 1);
        refuses(
                CapacityExceededException.class,
                () -> map.put("x".repeat(40), 1),
                "Key pool",
                "words",
                "64",
                "`state`");
        map.put("9876543210", 1);
        refuses(CapacityExceededException.class, () -> map.put("123456789", 1), "Key pool");
        map.put("short", 1);
        assertEquals(3, map.size());
    }

    @Test
    void shouldRefuseBytesBeyondAFieldsCapacity() {
        Record record = state.record("r", layout);
        record.set(text, "x".repeat(90));
        refuses(CapacityExceededException.class, () -> record.append(text, new byte[11], 0, 11), "text", "100", "90");
        refuses(CapacityExceededException.class, () -> record.set(text, new byte[101], 0, 101), "text");
        record.append(text, new byte[10], 0, 10);
        assertEquals(100, record.length(text));
    }

    @Test
    void shouldRefuseAStructureThatDoesNotFit() {
        refuses(
                CapacityExceededException.class,
                () -> state.table("rows", layout, 10_000),
                "rows",
                "`state`",
                String.valueOf(SegmentSpec.arenaBytes(LENGTH)));
        refuses(
                CapacityExceededException.class,
                () -> state.stringLongMap("m", MapLayout.MAX_CAPACITY, 8, Long.MAX_VALUE),
                "`state`");
        state.table("rows", layout, 10);
    }

    @Test
    void shouldRefuseToPublishMoreThanASlotHolds() {
        RecordLayout.Builder large = RecordLayout.named("large");
        large.bytes("all", 4000);
        state.published("first", large.build());
        refuses(
                CapacityExceededException.class,
                () -> state.published("second", layout),
                "second",
                "4096",
                "Publish less");
    }

    @Test
    void shouldRefuseAChangeThatTheUndoLogCannotHoldAndStayUsable() {
        RecordTable table = state.table("rows", layout, 400);
        StringLongMap map = state.stringLongMap("words", 10, 1000, 1024);
        state.commit();
        int row = 0;
        while (state.undoFreeBytes() >= 160) {
            table.row(row++).set(text, "y".repeat(90));
        }
        int last = row;
        refuses(UndoLogFullException.class, () -> table.row(last).set(text, "x".repeat(90)), "`state`", "16384");
        refuses(UndoLogFullException.class, () -> map.put("some key longer than the prefix", 1), "words");
        refuses(UndoLogFullException.class, () -> state.record("new", layout), "new");
        while (state.undoFreeBytes() >= UndoLayout.ONE_WORD_ENTRY) {
            table.row(row++).set(number, 5);
        }
        refuses(UndoLogFullException.class, () -> table.row(399).set(number, 99), "one-word", "`state`");
        state.rollback();
        assertEquals(0, table.row(0).length(text));
        map.put("some key longer than the prefix", 1);
        state.commit();
        assertEquals(1, map.get("some key longer than the prefix", 0));
    }

    @Test
    void shouldRefuseARemovalThatTheUndoLogCannotHold() {
        RecordTable table = state.table("rows", layout, 400);
        StringLongMap map = state.stringLongMap("words", 10, 1000, 1024);
        map.put("some key longer than the prefix", 1);
        state.commit();
        int row = 0;
        while (state.undoFreeBytes() >= 160) {
            table.row(row++).set(text, "y".repeat(90));
        }
        refuses(UndoLogFullException.class, () -> map.remove("some key longer than the prefix"), "words");
        assertEquals(1, map.size());
    }

    @Test
    void shouldRefuseAnotherLayoutUnderTheSameName() {
        state.record("r", layout);
        state.table("t", layout, 3);
        state.stringLongMap("m", 10, 20, 320);
        RecordLayout.Builder other = RecordLayout.named("limits");
        other.int64("number");
        RecordLayout changed = other.build();
        refuses(LayoutMismatchException.class, () -> state.record("r", changed), "r", "number", "`evolve`");
        refuses(LayoutMismatchException.class, () -> state.published("r", layout), "RECORD");
        refuses(LayoutMismatchException.class, () -> state.table("t", layout, 4), "3", "4");
        refuses(LayoutMismatchException.class, () -> state.stringLongMap("m", 11, 20, 320), "10", "11");
        refuses(LayoutMismatchException.class, () -> state.stringLongMap("r", 10, 20, 320), "STRING_LONG_MAP");
    }

    @Test
    void shouldRefuseToCommitAHalfDoneOperation() {
        StringLongMap map = state.stringLongMap("words", 10, 1000, 1024);
        Record record = state.record("r", layout);
        record.set(number, 7);
        state.commit();
        memory.crashAfter(9);
        assertThrows(CrashError.class, () -> map.put("a longer key than eight", 1));
        memory.surviveFromNow();
        assertThrows(IllegalStateException.class, state::commit);
        assertThrows(IllegalStateException.class, () -> map.put("b", 1));
        state.rollback();
        assertEquals(0, map.size());
        assertEquals(7, record.get(number));
        map.put("a longer key than eight", 1);
        state.commit();
    }

    @Test
    void shouldDetachStructuresWhoseCreationWasRolledBack() {
        Record gone = state.record("gone", layout);
        gone.set(number, 5);
        StringLongMap map = state.stringLongMap("goneToo", 5, 5, 0);
        state.rollback();
        IllegalStateException refusal = assertThrows(IllegalStateException.class, () -> gone.set(number, 6));
        assertTrue(String.valueOf(refusal.getMessage()).contains("Ask the State for it again"));
        assertThrows(IllegalStateException.class, () -> gone.get(number));
        assertThrows(IllegalStateException.class, () -> gone.set(text, "x"));
        assertThrows(IllegalStateException.class, () -> map.put("x", 1));
        assertEquals(0, state.structures().size());
        assertEquals(0, state.record("gone", layout).get(number));
    }

    @Test
    void shouldRefuseFieldsOfAnotherLayout() {
        RecordLayout.Builder other = RecordLayout.named("other");
        LongField foreign = other.int64("number");
        other.build();
        Record record = state.record("r", layout);
        assertThrows(IllegalArgumentException.class, () -> record.get(foreign));
        assertThrows(IllegalArgumentException.class, () -> record.set(foreign, 1));
    }

    @Test
    void shouldThrowOnStrayOffsetsInsteadOfStoring() {
        CommitEngine engine = new CommitEngine(memory, SegmentGeometry.of(LENGTH), "test/unit");
        engine.restore();
        byte[] before = memory.copy();
        long arena = SegmentGeometry.of(LENGTH).arenaOffset();
        for (long offset : new long[] {0, 256, arena - 8, arena + 1, LENGTH, 1L << 40, Long.MAX_VALUE - 7}) {
            assertThrows(IndexOutOfBoundsException.class, () -> engine.setLong(offset, 1), "offset " + offset);
        }
        assertArrayEquals(before, memory.bytes());
    }
}
