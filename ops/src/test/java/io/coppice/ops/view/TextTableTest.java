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
    void shouldLeaveOutWhatSaysNothingAndThenWhatCanBeDoneWithout() {
        TextTable wide = new TextTable(List.of(
                Column.left("NAME"),
                Column.left("STATE").cutTo(6),
                Column.left("EMPTY"),
                Column.right("SECOND").goesAs(2),
                Column.right("FIRST").goesAs(1),
                Column.left("WHAT")));
        wide.row(List.of(
                Cell.of("a"), Cell.of("up and away"), Cell.NONE, Cell.of("7"), Cell.of("8"), Cell.of("1 2 3 4 5 6")));
        wide.row(List.of(Cell.of("b"), Cell.of("up"), Cell.of(""), Cell.of("7"), Cell.of("8"), Cell.NONE));

        assertEquals(
                "a     up and away  -           7      8  1 2 3 4 5 6",
                wide.lines(Palette.PLAIN, 52, 5).get(1));
        assertEquals(
                "a     up and away       7      8  1 2 3 4 5 6",
                wide.lines(Palette.PLAIN, 51, 5).get(1),
                "the empty one goes");
        assertEquals(
                "a     up and…       7      8  1 2 3 4 5…",
                wide.lines(Palette.PLAIN, 40, 5).get(1),
                "the widest are cut, evenly");
        assertEquals(
                "a     up and…       7  1 2 3 4 5…",
                wide.lines(Palette.PLAIN, 33, 5).get(1),
                "FIRST goes first");
        assertEquals(
                List.of("NAME  STATE  WHAT", "a     up…    1 2 3…", "b     up     -"),
                wide.lines(Palette.PLAIN, 19, 5));
    }

    @Test
    void shouldRatherLeaveOutAFigureThanCutTextsToLessThanCanBeRead() {
        TextTable wide = new TextTable(List.of(
                Column.left("NAME"),
                Column.left("STATE").cutTo(6).readableAt(9),
                Column.right("FIRST").goesAs(1),
                Column.right("DEAR").goesAfterTextsAs(2),
                Column.left("WHAT").readableAt(8)));
        wide.row(List.of(Cell.of("a"), Cell.of("up and away"), Cell.of("7"), Cell.of("8"), Cell.of("1 2 3 4 5 6")));

        assertEquals(
                "a     up and…      7     8  1 2 3 4 5 6",
                wide.lines(Palette.PLAIN, 41, 5).get(1),
                "both texts can be read");
        assertEquals(
                "a     up and away     8  1 2 3 4 5 6",
                wide.lines(Palette.PLAIN, 37, 5).get(1));
        assertEquals(
                "a     up…       8  1 2 3 4…", wide.lines(Palette.PLAIN, 27, 5).get(1), "DEAR stays");
        assertEquals("a     up…    1 2 3…", wide.lines(Palette.PLAIN, 20, 5).get(1));
    }

    @Test
    void shouldMakeEscapeSequencesOfOthersHarmless() {
        table.row(List.of(Cell.of("a"), Cell.of("1"), Cell.of("\u001b[2J\nx\u202e")));

        assertEquals(
                "a       1  \\u001b[2J\\nx\\u202e", table.lines(Palette.PLAIN).get(1));
    }
}
