package io.coppice.ops.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.coppice.ops.cli.CoppiceCommand;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Rows of a bench, printed as a table or as one JSON object. One thread. */
final class Figures {
    private sealed interface Row {
        String line();

        void json(JsonGenerator json) throws IOException;
    }

    private record Times(String what, long[] sortedNs) implements Row {
        @Override
        public String line() {
            return String.format(
                    Locale.ROOT,
                    "%-58s n %4d  p50 %8.2f ms  p90 %8.2f ms  max %8.2f ms",
                    what,
                    sortedNs.length,
                    ms(50),
                    ms(90),
                    ms(100));
        }

        @Override
        public void json(JsonGenerator json) throws IOException {
            json.writeStringField("what", what);
            json.writeNumberField("n", sortedNs.length);
            json.writeNumberField("p50Ms", ms(50));
            json.writeNumberField("p90Ms", ms(90));
            json.writeNumberField("maxMs", ms(100));
        }

        private double ms(int percent) {
            return percentile(sortedNs, percent) / 1e6;
        }
    }

    private record Number(String what, double value, String unit) implements Row {
        @Override
        public String line() {
            return String.format(Locale.ROOT, "%-58s %12.2f %s", what, value, unit);
        }

        @Override
        public void json(JsonGenerator json) throws IOException {
            json.writeStringField("what", what);
            json.writeNumberField("value", value);
            json.writeStringField("unit", unit);
        }
    }

    private final List<Row> rows = new ArrayList<>();
    private final String title;

    Figures(String title) {
        this.title = title;
    }

    /** A row of times in nanoseconds: how many, p50, p90 and the largest, in milliseconds. */
    void times(String row, long[] timesNs) {
        long[] sorted = timesNs.clone();
        Arrays.sort(sorted);
        rows.add(new Times(row, sorted));
    }

    /** A row with one number, finite. */
    void number(String row, double value, String unit) {
        rows.add(new Number(row, value, unit));
    }

    /** The smallest value that at least that share of the sorted values does not exceed. */
    static long percentile(long[] sorted, int percent) {
        return sorted.length == 0 ? 0 : sorted[Math.max(0, (sorted.length * percent + 99) / 100 - 1)];
    }

    /** The title, and what the figures below it were measured on. */
    static String machine(String title) {
        return title + ", on " + System.getProperty("java.vm.name") + " " + Runtime.version() + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors";
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(machine(title));
        rows.forEach(row -> lines.add(row.line()));
        return lines;
    }

    String json() throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("machine", machine(title));
            json.writeArrayFieldStart("rows");
            for (Row row : rows) {
                json.writeStartObject();
                row.json(json);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.toString();
    }

    void print(CoppiceCommand coppice, boolean json) throws IOException {
        PrintStream out = new PrintStream(coppice.caller().out(), true, StandardCharsets.UTF_8);
        if (json) {
            out.println(json());
        } else {
            lines().forEach(out::println);
        }
    }
}
