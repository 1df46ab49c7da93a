package io.coppice.ops.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.ops.view.Palette.Tone;
import io.coppice.ops.view.TextTable.Cell;
import io.coppice.ops.view.TextTable.Column;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
    private final TextTable table =
            new TextTable(List.of(Column.left("NAME"), Column.right("PID"), Column.left("WHAT")));

    @Test
    void shouldAlignColumnsAndLeaveNoTrailingBlanks() {
        table.row(List.of(Cell.of("ingest"), Cell.of("7"), Cell.of("")));
        table.row(List.of(Cell.of("a"), Cell.of("1234"), Cell.of("x y")));

        assertEquals(List.of("NAME     PID  WHAT", "ingest     7", "a       1234  x y"), table.lines(Palette.PLAIN));
    }

    @Test
    void shouldNotCountColoursAsWidth() {
        table.row(List.of(new Cell("a", Tone.GOOD), Cell.of("1"), Cell.of("x")));

        assertEquals(
                "\u001b[32ma\u001b[0m       1  x", table.lines(Palette.COLORED).get(1));
    }

    @Test
    void shouldCutOnlyTheLastColumnToTheWidth() {
        table.row(List.of(Cell.of("ingest"), Cell.of("7"), Cell.of("0123456789abcdef")));

        assertEquals(
                "ingest    7  0123456789a…", table.lines(Palette.PLAIN, 25, 10).get(1));
    }

    @Test
    void shouldCutAtAWordWhereThereIsOne() {
        table.row(List.of(Cell.of("ingest"), Cell.of("7"), Cell.of("no quote, and no trade either")));

        assertEquals(
                "ingest    7  no quote, and no…",
                table.lines(Palette.PLAIN, 35, 10).get(1));
        assertEquals(
                "ingest    7  no quote, and no trade…",
                table.lines(Palette.PLAIN, 36, 10).get(1));
    }

    /** Such a line is broken by the terminal anyway: the rest of its second line is used. */
    @Test
    void shouldUseASecondLineOfATerminalThatIsTooNarrow() {
        table.row(List.of(Cell.of("ingest"), Cell.of("7"), Cell.of("0123456789 123456789 123456789")));

        assertEquals(
                "ingest    7  0123456789 123456789…",
                table.lines(Palette.PLAIN, 20, 10).get(1));
    }

    @Test
    void shouldMakeEscapeSequencesOfOthersHarmless() {
        table.row(List.of(Cell.of("a"), Cell.of("1"), Cell.of("\u001b[2J\nx\u202e")));

        assertEquals(
                "a       1  \\u001b[2J\\nx\\u202e", table.lines(Palette.PLAIN).get(1));
    }
}
