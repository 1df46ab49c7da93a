package io.coppice.ops.view;

import io.coppice.ops.view.Palette.Tone;
import java.util.ArrayList;
import java.util.Comparator;
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
     * As {@link #lines(Palette)}, for a terminal that wide. Where lines are too long for it, columns go in which no row says anything, and then, one
     * by one, those that can be done without, until texts can be read; what is left is cut, at a word if there is one: the last column, and others that
     * may be. Where texts that can be read are still too long, they are cut to less; then the columns go that are kept until then. Where even this is
     * not enough, a line is broken by the terminal anyway, and the last column has what is left of the second one.
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
        int[] least = least(widths, minLastWidth);
        int[] readable = readable(widths, least);
        List<Integer> shown = shown(widths, readable, least, maxWidth);
        narrow(shown, widths, total(shown, readable) > maxWidth ? least : readable, maxWidth);
        List<String> lines = new ArrayList<>();
        lines.add(line(heading, shown, widths, palette));
        for (List<Cell> row : rows) {
            lines.add(line(row, shown, widths, palette));
        }
        return lines;
    }

    /** To which width each may be cut. */
    private int[] least(int[] widths, int minLastWidth) {
        int[] least = widths.clone();
        for (int i = 0; i < least.length; i++) {
            int to = i == least.length - 1 ? minLastWidth : columns.get(i).leastWidth();
            if (to > 0) {
                least[i] = Math.min(
                        widths[i], Math.max(to, columns.get(i).heading().length()));
            }
        }
        return least;
    }

    /** To which width each may be cut for a figure to stay. */
    private int[] readable(int[] widths, int[] least) {
        int[] readable = least.clone();
        for (int i = 0; i < readable.length; i++) {
            readable[i] =
                    Math.max(readable[i], Math.min(widths[i], columns.get(i).readableWidth()));
        }
        return readable;
    }

    /** The columns that stay, in order. */
    private List<Integer> shown(int[] widths, int[] readable, int[] least, int maxWidth) {
        List<Integer> shown = new ArrayList<>();
        List<Integer> expendable = new ArrayList<>();
        for (int i = 0; i < widths.length; i++) {
            shown.add(i);
            if (columns.get(i).goesAs() > 0) {
                expendable.add(i);
            }
        }
        if (total(shown, widths) > maxWidth) {
            shown.removeIf(this::saysNothing);
        }
        expendable.sort(Comparator.comparingInt(i -> columns.get(i).goesAs()));
        for (Integer next : expendable) {
            if (total(shown, columns.get(next).afterTexts() ? least : readable) > maxWidth) {
                shown.removeIf(next::equals);
            }
        }
        return shown;
    }

    private boolean saysNothing(int column) {
        return rows.stream().allMatch(row -> row.get(column).saysNothing());
    }

    /** Takes what is too much off the widest that may be cut; what is cut at a word leaves the last column the more. */
    private void narrow(List<Integer> shown, int[] widths, int[] least, int maxWidth) {
        int last = shown.get(shown.size() - 1);
        int whole = widths[last];
        while (total(shown, widths) > maxWidth) {
            int widest = -1;
            for (int i : shown) {
                if (widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                widths[last] += Math.floorMod(-total(shown, widths), maxWidth);
                return;
            }
            widths[widest]--;
        }
        for (int i : shown) {
            int cutTo = columns.get(i).heading().length();
            for (List<Cell> row : rows) {
                cutTo = Math.max(cutTo, cut(row.get(i), widths[i]).width());
            }
            widths[i] = i == last ? widths[i] : cutTo;
        }
        widths[last] = Math.min(whole, widths[last] + maxWidth - total(shown, widths));
    }

    private static int total(List<Integer> shown, int[] widths) {
        int total = -GAP;
        for (int i : shown) {
            total += widths[i] + GAP;
        }
        return total;
    }

    private static Cell cut(Cell cell, int width) {
        if (cell.width() <= width) {
            return cell;
        }
        int end = cell.text().offsetByCodePoints(0, width - 1);
        int blank = cell.text().lastIndexOf(' ', end);
        String start = cell.text().substring(0, blank >= end / 2 ? blank : end);
        return new Cell(start.stripTrailing() + "…", cell.tone());
    }

    private static void measure(List<Cell> row, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], row.get(i).width());
        }
    }

    private String line(List<Cell> row, List<Integer> shown, int[] widths, Palette palette) {
        int last = shown.size() - 1;
        while (last > 0 && row.get(shown.get(last)).text().isEmpty()) {
            last--;
        }
        StringBuilder line = new StringBuilder();
        for (int i = 0; i <= last; i++) {
            int column = shown.get(i);
            Cell cell = cut(row.get(column), widths[column]);
            String padding = " ".repeat(Math.max(0, widths[column] - cell.width()));
            boolean right = columns.get(column).rightAligned();
            line.append(right ? padding : "").append(palette.paint(cell.tone(), cell.text()));
            if (i < last) {
                line.append(right ? "" : padding).append(" ".repeat(GAP));
            }
        }
        return line.toString();
    }

    /**
     * @param leastWidth to which it may be cut where lines are too long; 0: it is not, unless it is the last one
     * @param readableWidth to which it is cut for another column to stay, {@code leastWidth} or more; 0: to that
     * @param goesAs the how-manyth to be left out where lines are too long all the same; 0: never
     * @param afterTexts whether others are cut to their least width before it goes
     */
    record Column(
            String heading, boolean rightAligned, int leastWidth, int readableWidth, int goesAs, boolean afterTexts) {
        static Column left(String heading) {
            return new Column(heading, false, 0, 0, 0, false);
        }

        static Column right(String heading) {
            return new Column(heading, true, 0, 0, 0, false);
        }

        Column cutTo(int width) {
            return new Column(heading, rightAligned, width, readableWidth, goesAs, afterTexts);
        }

        Column readableAt(int width) {
            return new Column(heading, rightAligned, leastWidth, width, goesAs, afterTexts);
        }

        Column goesAs(int order) {
            return new Column(heading, rightAligned, leastWidth, readableWidth, order, afterTexts);
        }

        Column goesAfterTextsAs(int order) {
            return new Column(heading, rightAligned, leastWidth, readableWidth, order, true);
        }
    }

    /** Text without control characters, and what it means. */
    record Cell(String text, Tone tone) {
        Cell {
            text = Printable.of(text);
        }

        /** What stands where there is nothing to say. */
        static final Cell NONE = new Cell("-", Tone.FAINT);

        static Cell of(String text) {
            return new Cell(text, Tone.NORMAL);
        }

        boolean saysNothing() {
            return text.isEmpty() || equals(NONE);
        }

        int width() {
            return text.codePointCount(0, text.length());
        }
    }
}
