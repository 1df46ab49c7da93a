package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import org.junit.jupiter.api.function.Executable;

/** What refusing means: an exception that says what it is about, and not a byte changed. */
final class Refusals {
    private Refusals() {}

    /** The action must throw, name the words, and leave every byte of the segment as it was. */
    static void assertRefuses(
            RecordingMemory memory, Class<? extends RuntimeException> type, Executable action, String... words) {
        byte[] before = memory.copy();
        RuntimeException refusal = assertThrows(type, action);
        for (String word : words) {
            assertTrue(String.valueOf(refusal.getMessage()).contains(word), refusal.getMessage());
        }
        assertArrayEquals(before, memory.bytes(), "bytes changed");
    }

    /** A reader of the segment with one word changed must say that it is damaged, and name the words. */
    static void assertReadersNotice(RecordingMemory memory, long offset, long value, String... words) {
        byte[] damaged = memory.copy();
        NativeWords.put(damaged, (int) offset, value);
        SnapshotResult.Damaged result = assertInstanceOf(
                SnapshotResult.Damaged.class,
                TestSegments.read(new RecordingMemory(damaged)).snapshot());
        for (String word : words) {
            assertTrue(result.reason().contains(word), result.reason());
        }
    }

    /** Fills the undo log by changes of the rows, until fewer than that many bytes are free. */
    static void fillUndoLog(State state, RecordTable table, LongField field, long leaveBytes) {
        int row = 0;
        while (state.undoFreeBytes() - UndoLayout.ONE_WORD_ENTRY >= leaveBytes) {
            table.row(row++).set(field, 1);
        }
    }

    /** Where the data of a structure starts. */
    static long data(State state, String name) {
        return state.structures().stream()
                .filter(info -> info.name().equals(name))
                .findFirst()
                .orElseThrow()
                .offsetBytes();
    }
}
