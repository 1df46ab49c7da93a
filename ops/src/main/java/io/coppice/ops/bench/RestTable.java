package io.coppice.ops.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Rows of {@code bench root} as lines for people, or as one JSON object. */
final class RestTable {
    private RestTable() {}

    static List<String> lines(List<RestRow> rows, String machine) {
        List<String> lines = new ArrayList<>();
        lines.add(machine);
        lines.add(String.format(
                Locale.ROOT,
                "%8s %8s %9s %9s %14s %10s %10s %9s %11s",
                "children",
                "of which",
                "RSS",
                "PSS",
                "anonymous",
                "CPU",
                "wakeups",
                "turns",
                "allocated"));
        lines.add(String.format(
                Locale.ROOT,
                "%8s %8s %9s %9s %14s %10s %10s %9s %11s",
                "",
                "daemons",
                "MiB",
                "MiB",
                "memory MiB",
                "ms/s",
                "per s",
                "per s",
                "bytes/turn"));
        for (RestRow row : rows) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%8d %8d %9.1f %9.1f %14.1f %10.3f %10.2f %9.2f %11.1f",
                    row.children(),
                    row.daemons(),
                    row.memory().resident(),
                    row.memory().proportional(),
                    row.memory().anonymous(),
                    row.cpuMsPerSecond(),
                    row.wakeupsPerSecond(),
                    row.turnsPerSecond(),
                    row.bytesPerTurn()));
        }
        lines.add("wakeups are voluntary context switches, by thread:");
        for (RestRow row : rows) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%8d %s; preempted %.2f",
                    row.children(),
                    row.threads().stream()
                            .filter(thread -> thread.wakeups() > 0)
                            .map(thread -> String.format(Locale.ROOT, "%s %.2f", thread.name(), thread.wakeups()))
                            .collect(Collectors.joining(", ")),
                    row.preemptionsPerSecond()));
        }
        return lines;
    }

    static String json(List<RestRow> rows, String machine) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("machine", machine);
            json.writeArrayFieldStart("rows");
            for (RestRow row : rows) {
                row(json, row);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void row(JsonGenerator json, RestRow row) throws IOException {
        json.writeStartObject();
        json.writeNumberField("children", row.children());
        json.writeNumberField("daemons", row.daemons());
        json.writeNumberField("residentMib", row.memory().resident());
        json.writeNumberField("proportionalMib", row.memory().proportional());
        json.writeNumberField("anonymousMib", row.memory().anonymous());
        json.writeNumberField("cpuMsPerSecond", row.cpuMsPerSecond());
        json.writeNumberField("wakeupsPerSecond", row.wakeupsPerSecond());
        json.writeNumberField("preemptionsPerSecond", row.preemptionsPerSecond());
        json.writeNumberField("turnsPerSecond", row.turnsPerSecond());
        json.writeNumberField("bytesPerTurn", row.bytesPerTurn());
        json.writeArrayFieldStart("threads");
        for (RestRow.ThreadRate thread : row.threads()) {
            json.writeStartObject();
            json.writeStringField("name", thread.name());
            json.writeNumberField("wakeupsPerSecond", thread.wakeups());
            json.writeNumberField("preemptionsPerSecond", thread.preemptions());
            json.writeNumberField("cpuMsPerSecond", thread.cpuMs());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
