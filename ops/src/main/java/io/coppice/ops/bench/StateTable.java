package io.coppice.ops.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** A {@link StateReport} as lines for people, or as one JSON object. */
final class StateTable {
    private static final double US = 1e3;
    private static final double MS = 1e6;
    private static final double S = 1e9;

    private StateTable() {}

    static List<String> lines(StateReport report, List<String> machine) {
        List<String> lines = new ArrayList<>(machine);
        lines.addAll(report.products());
        if (!report.costs().isEmpty()) {
            lines.add("");
            lines.add(String.format(
                    Locale.ROOT,
                    "%-46s %-12s %12s %12s %10s  %s",
                    "atomic update",
                    "product",
                    "p50",
                    "p99",
                    "B/op",
                    "p50 against the best other"));
            String before = "";
            boolean batched = false;
            for (StateReport.Cost cost : report.costs()) {
                batched |= cost.batch() > 1;
                lines.add(String.format(
                                Locale.ROOT,
                                "%-46s %-12s %12s %12s %10s  %s",
                                cost.work().equals(before) ? "" : cost.work(),
                                cost.product(),
                                duration(cost.p50Ns()),
                                duration(cost.p99Ns()) + (cost.batch() > 1 ? "*" : " "),
                                bytes(cost.bytesPerOperation()),
                                ratio(report.againstBestOther(cost)))
                        .stripTrailing());
                before = cost.work();
            }
            if (batched) {
                lines.add(
                        "* timed in batches, since one is shorter than the clock can tell: p99 of the batches' means");
            }
        }
        if (!report.findings().isEmpty()) {
            lines.add("");
            for (StateReport.Finding finding : report.findings()) {
                lines.add(String.format(
                                Locale.ROOT,
                                "%-72s %14s %-12s %s",
                                finding.what(),
                                number(finding.value()),
                                finding.unit(),
                                finding.target().isEmpty() ? "" : "target " + finding.target())
                        .stripTrailing());
            }
        }
        return lines;
    }

    static String json(StateReport report, List<String> machine) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            strings(json, "machine", machine);
            strings(json, "products", report.products());
            json.writeArrayFieldStart("costs");
            for (StateReport.Cost cost : report.costs()) {
                json.writeStartObject();
                json.writeStringField("work", cost.work());
                json.writeStringField("product", cost.product());
                json.writeNumberField("batch", cost.batch());
                figure(json, "p50Ns", cost.p50Ns());
                figure(json, "p99Ns", cost.p99Ns());
                figure(json, "bytesPerOperation", cost.bytesPerOperation());
                OptionalDouble ratio = report.againstBestOther(cost);
                figure(json, "againstBestOther", ratio.isPresent() ? ratio.getAsDouble() : Double.NaN);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("findings");
            for (StateReport.Finding finding : report.findings()) {
                json.writeStartObject();
                json.writeStringField("what", finding.what());
                figure(json, "value", finding.value());
                json.writeStringField("unit", finding.unit());
                json.writeStringField("target", finding.target());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.toString();
    }

    /** Null stands for a figure that could not be had; JSON has no NaN. */
    private static void figure(JsonGenerator json, String name, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumberField(name, value);
        } else {
            json.writeNullField(name);
        }
    }

    private static void strings(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    private static String duration(double ns) {
        if (!Double.isFinite(ns)) {
            return "-";
        }
        if (ns < US) {
            return String.format(Locale.ROOT, "%.1f ns", ns);
        }
        if (ns < MS) {
            return String.format(Locale.ROOT, "%.2f us", ns / US);
        }
        return ns < S ? String.format(Locale.ROOT, "%.2f ms", ns / MS) : String.format(Locale.ROOT, "%.2f s", ns / S);
    }

    /** A fork's own start-up allocations, spread over its operations, are not the operation's. */
    private static String bytes(double bytes) {
        return !Double.isFinite(bytes) ? "-" : String.format(Locale.ROOT, "%.0f", bytes);
    }

    private static String ratio(OptionalDouble ratio) {
        if (ratio.isEmpty() || !Double.isFinite(ratio.getAsDouble())) {
            return "";
        }
        double times = ratio.getAsDouble();
        return times < 1
                ? String.format(Locale.ROOT, "%.1f times faster", 1 / times)
                : String.format(Locale.ROOT, "%.1f times slower", times);
    }

    private static String number(double value) {
        if (!Double.isFinite(value)) {
            return "-";
        }
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.3f", value);
    }
}
