package io.coppice.ops.manifest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The budget as a table: one line per process, one column per item, the sums below. */
final class BudgetTable {
    private static final List<String> HEADINGS =
            List.of("process", "segment", "heap", "metaspace", "code cache", "direct", "stacks", "JVM", "sum");

    private BudgetTable() {}

    /**
     * @param most with more processes than that, only the largest are told one by one
     * @param indent what each line begins with
     */
    static String of(Budget budget, int most, String indent) {
        List<Budget.Row> rows = new ArrayList<>(budget.rows());
        List<List<String>> cells = new ArrayList<>();
        cells.add(HEADINGS);
        if (rows.size() > most) {
            rows.sort(Comparator.comparingLong(Budget.Row::total).reversed());
            rows = rows.subList(0, most);
        }
        rows.forEach(row -> cells.add(cells(row)));
        if (rows.size() < budget.rows().size()) {
            cells.add(List.of("(" + (budget.rows().size() - rows.size()) + " more)", "", "", "", "", "", "", "", ""));
        }
        cells.add(cells(budget.sum()));

        int[] widths = new int[HEADINGS.size()];
        for (List<String> line : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder table = new StringBuilder();
        for (List<String> line : cells) {
            StringBuilder text = new StringBuilder(indent);
            text.append(line.get(0)).append(" ".repeat(widths[0] - line.get(0).length()));
            for (int i = 1; i < widths.length; i++) {
                text.append(" ".repeat(2 + widths[i] - line.get(i).length())).append(line.get(i));
            }
            table.append(text.toString().stripTrailing()).append('\n');
        }
        return table.toString();
    }

    private static List<String> cells(Budget.Row row) {
        return List.of(
                row.name(),
                Quantity.roundedSize(row.segment()),
                Quantity.roundedSize(row.heap()),
                Quantity.roundedSize(row.metaspace()),
                Quantity.roundedSize(row.codeCache()),
                Quantity.roundedSize(row.direct()),
                Quantity.roundedSize(row.stacks()),
                Quantity.roundedSize(row.overhead()),
                Quantity.roundedSize(row.total()));
    }
}
