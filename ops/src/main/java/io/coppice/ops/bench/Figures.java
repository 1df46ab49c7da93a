package io.coppice.ops.bench;

import io.coppice.ops.cli.CoppiceCommand;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Rows of a bench, printed as a table. One thread. */
final class Figures {
    private final List<String> lines = new ArrayList<>();
    private final String title;

    Figures(String title) {
        this.title = title;
    }

    /** A row of times in nanoseconds: how many, p50, p90 and the largest, in milliseconds. */
    void times(String row, long[] timesNs) {
        long[] sorted = timesNs.clone();
        Arrays.sort(sorted);
        lines.add(String.format(
                Locale.ROOT,
                "%-58s n %4d  p50 %8.2f ms  p90 %8.2f ms  max %8.2f ms",
                row,
                sorted.length,
                percentile(sorted, 50) / 1e6,
                percentile(sorted, 90) / 1e6,
                percentile(sorted, 100) / 1e6));
    }

    /** A row with one number. */
    void number(String row, double value, String unit) {
        lines.add(String.format(Locale.ROOT, "%-58s %12.2f %s", row, value, unit));
    }

    /** The smallest value that at least that share of the sorted values does not exceed. */
    static long percentile(long[] sorted, int percent) {
        return sorted.length == 0 ? 0 : sorted[Math.max(0, (sorted.length * percent + 99) / 100 - 1)];
    }

    void print(CoppiceCommand coppice) {
        PrintStream out = new PrintStream(coppice.caller().out(), true, StandardCharsets.UTF_8);
        out.println(title + ", on " + System.getProperty("java.vm.name") + " " + Runtime.version() + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors");
        lines.forEach(out::println);
    }
}
