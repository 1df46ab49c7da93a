package io.coppice.ops.view;

import io.coppice.ops.view.Palette.Tone;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of cells, printed in aligned columns two spaces apart, without trailing blanks. Colours are added after the widths
 * are known, so they never shift a column.
 */
final class TextTable {
    private static final int GAP = 2;

    private final List<Column> columns;
    private final List<List<Cell>> rows = new ArrayList<>();

    TextTable(List<Column> columns) {
        this.columns = List.copyOf(columns);
    }

    void row(List<Cell> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException(cells.size() + " cells for " + columns.size() + " columns");
        }
        rows.add(List.copyOf(cells));
    }

    /** The heading and every row, one string per line, without line ends. */
    List<String> lines(Palette palette) {
        return lines(palette, Integer.MAX_VALUE, 1);
    }

    /**
     * As {@link #lines(Palette)}, for a terminal that wide: the last column is cut, at a word if there is one, so that lines fit. Where the
     * others leave it less than its least width, a line is broken by the terminal anyway, and the last column has what is left of the second one.
     *
     * @param minLastWidth columns, 1 or more
     */
    List<String> lines(Palette palette, int maxWidth, int minLastWidth) {
        List<Cell> heading = new ArrayList<>();
        for (Column column : columns) {
            heading.add(new Cell(column.heading(), Tone.HEADING));
        }
        int[] widths = new int[columns.size()];
        measure(heading, widths);
        for (List<Cell> row : rows) {
            measure(row, widths);
        }
        int lastWidth = maxWidth;
        for (int i = 0; i < widths.length - 1; i++) {
            lastWidth -= widths[i] + GAP;
        }
        while (lastWidth < minLastWidth) {
            lastWidth += maxWidth;
        }
        List<String> lines = new ArrayList<>();
        lines.add(line(heading, widths, palette));
        for (List<Cell> row : rows) {
            lines.add(line(lastCut(row, lastWidth), widths, palette));
        }
        return lines;
    }

    private static List<Cell> lastCut(List<Cell> row, int width) {
        Cell last = row.get(row.size() - 1);
        if (last.width() <= width) {
            return row;
        }
        int end = last.text().offsetByCodePoints(0, width - 1);
        int blank = last.text().lastIndexOf(' ', end);
        String start = last.text().substring(0, blank >= end / 2 ? blank : end);
        List<Cell> cut = new ArrayList<>(row);
        cut.set(row.size() - 1, new Cell(start.stripTrailing() + "…", last.tone()));
        return cut;
    }

    private static void measure(List<Cell> row, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], row.get(i).width());
        }
    }

    private String line(List<Cell> row, int[] widths, Palette palette) {
        int last = row.size() - 1;
        while (last > 0 && row.get(last).text().isEmpty()) {
            last--;
        }
        StringBuilder line = new StringBuilder();
        for (int i = 0; i <= last; i++) {
            Cell cell = row.get(i);
            String padding = " ".repeat(Math.max(0, widths[i] - cell.width()));
            boolean right = columns.get(i).rightAligned();
            line.append(right ? padding : "").append(palette.paint(cell.tone(), cell.text()));
            if (i < last) {
                line.append(right ? "" : padding).append(" ".repeat(GAP));
            }
        }
        return line.toString();
    }

    record Column(String heading, boolean rightAligned) {
        static Column left(String heading) {
            return new Column(heading, false);
        }

        static Column right(String heading) {
            return new Column(heading, true);
        }
    }

    /** Text without control characters, and what it means. */
    record Cell(String text, Tone tone) {
        Cell {
            text = Printable.of(text);
        }

        static Cell of(String text) {
            return new Cell(text, Tone.NORMAL);
        }

        int width() {
            return text.codePointCount(0, text.length());
        }
    }
}
