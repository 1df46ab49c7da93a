package io.coppice.ops.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.coppice.supervisor.plan.Isolation;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What keeping workers apart costs, as lines for people, a column for each way, or as one JSON array. Pure.
 *
 * @param rows of each way; all have the same ones
 */
record IsolationTable(Map<Isolation, List<RowTimes>> rows) {
    static final String COLD = "start: kill to first step, cold";
    static final String STANDBY = "recovery: kill to first step, standby";
    static final String STANDBY_AFTER_NOTICE = "recovery: the same after the death notice";
    static final String SUBMIT_COLD = "transaction: submit to result, cold";
    static final String SUBMIT_STANDBY = "transaction: submit to result, standby";
    static final String COMMIT = "steady: a commit";
    static final String FILE = "steady: a file opened and closed";

    private static final double US_PER_MS = 1e3;

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        StringBuilder head =
                new StringBuilder(String.format(Locale.ROOT, "%-42s %6s", "p50 (times mapping; p90)", "n"));
        rows.keySet().forEach(isolation -> head.append(String.format(Locale.ROOT, " %30s", isolation.text())));
        lines.add(head.toString());
        List<RowTimes> base = rows.getOrDefault(Isolation.MAPPING, List.of());
        for (int row = 0; row < base.size(); row++) {
            lines.add(line(row, base.get(row)));
        }
        return lines;
    }

    private String line(int row, RowTimes base) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-42s %6d", base.row(), base.count()));
        rows.values().forEach(of -> line.append(String.format(Locale.ROOT, " %30s", cell(of.get(row), base))));
        return line.toString();
    }

    private static String cell(RowTimes times, RowTimes base) {
        double us = times.us(50);
        boolean ms = base.us(50) >= US_PER_MS;
        return String.format(
                Locale.ROOT,
                ms ? "%.2f ms (%.2f; %.2f)" : "%.3f us (%.2f; %.3f)",
                ms ? us / US_PER_MS : us,
                base.us(50) > 0 ? us / base.us(50) : 0,
                ms ? times.us(90) / US_PER_MS : times.us(90));
    }

    /** @param jdk that ran it */
    String json(String jdk) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartArray();
            for (Map.Entry<Isolation, List<RowTimes>> of : rows.entrySet()) {
                for (RowTimes row : of.getValue()) {
                    json.writeStartObject();
                    json.writeStringField("row", row.row());
                    json.writeStringField("isolation", of.getKey().text());
                    json.writeStringField("jdk", jdk);
                    json.writeNumberField("heap_mib", row.heapMib());
                    json.writeNumberField("n", row.count());
                    json.writeNumberField("p50_us", row.us(50));
                    json.writeNumberField("p90_us", row.us(90));
                    json.writeNumberField("p99_us", row.us(99));
                    json.writeNumberField("max_us", row.us(100));
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
        }
        return text.toString();
    }
}
