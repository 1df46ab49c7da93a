package io.coppice.ops.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Rows of {@code bench recovery} as lines for people, with what follows from them, or as one JSON array.
 *
 * @param heapsMib that there are rows of
 */
record RecoveryTable(List<RowTimes> rows, List<Integer> heapsMib) {
    static final String STANDBY = "standby";
    static final String STANDBY_AFTER_NOTICE = "standby after death notice";
    static final String WORD = "standby, death word, touched 4 KiB";
    static final String WORD_NOTICE = "death notice of the same kills";
    static final String COLD = "cold";
    static final String ARCHIVED = "cold with archive";
    static final String NOTICE = "death notice";
    static final String NOTICE_SMALL_PAGES = "death notice, touched 4 KiB pages";
    static final String COLD_SMALL_PAGES = "cold, touched 4 KiB pages";
    static final String FORK = "C fork";
    static final String RUNSV = "runsv, cold";
    static final String EMPTY_DAEMON = "empty daemon to ready";
    static final String ARCHIVED_EMPTY_DAEMON = "empty daemon to ready with archive";
    static final String EMPTY_JVM = "empty JVM to main";
    static final String TRANSACTION_STANDBY = "submit to result, standby";
    static final String TRANSACTION_COLD = "submit to result, cold";
    static final String TASK_JVM = "task in a JVM made for it";
    static final String TASK_CALLED = "task called";

    private static final double US_PER_MS = 1e3;
    private static final double US_PER_S = 1e6;
    private static final List<Integer> SLOTS = List.of(1, 2, 4);

    RecoveryTable {
        rows = List.copyOf(rows);
        heapsMib = List.copyOf(heapsMib);
    }

    /** A row of many transactions at once: the time of one is all of their time by their number. */
    static String transactionsOf(int slots) {
        return "a transaction of many, " + slots + (slots == 1 ? " slot" : " slots");
    }

    /** The table, and below it the ratios and differences that have a target. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%-36s %8s %6s %10s %10s %10s %10s",
                "kill -9 to first committed step",
                "heap MiB",
                "kills",
                "p50 ms",
                "p90 ms",
                "p99 ms",
                "max ms"));
        for (RowTimes row : rows) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-36s %8s %6d %10.3f %10.3f %10.3f %10.3f",
                    row.row(),
                    row.heapMib() == 0 ? "-" : String.valueOf(row.heapMib()),
                    row.count(),
                    row.us(50) / US_PER_MS,
                    row.us(90) / US_PER_MS,
                    row.us(99) / US_PER_MS,
                    row.us(100) / US_PER_MS));
        }
        for (int heapMib : heapsMib) {
            lines.addAll(derived(heapMib));
            lines.addAll(ofTransactions(heapMib));
        }
        return lines;
    }

    private List<String> derived(int heapMib) {
        List<String> lines = new ArrayList<>();
        find(STANDBY_AFTER_NOTICE, heapMib)
                .ifPresent(after -> lines.add(String.format(
                        Locale.ROOT,
                        "standby minus death notice, %d MiB: p50 %.2f ms (target 0.50), p99 %.2f ms (target 3.00)",
                        heapMib,
                        after.us(50) / US_PER_MS,
                        after.us(99) / US_PER_MS)));
        ratio(WORD, WORD_NOTICE, heapMib)
                .ifPresent(ratio -> lines.add(String.format(
                        Locale.ROOT,
                        "standby at the death word / death notice of the same kills, %d MiB: %.2f (p50; target for 256 MiB:"
                                + " below 1)",
                        heapMib,
                        ratio)));
        ratio(RUNSV, STANDBY, heapMib)
                .ifPresent(ratio -> lines.add(String.format(
                        Locale.ROOT,
                        "runsv and a cold JVM / standby, %d MiB: %.1f (p50; target: at least 10)",
                        heapMib,
                        ratio)));
        for (String daemon : List.of(EMPTY_DAEMON, ARCHIVED_EMPTY_DAEMON)) {
            ratio(daemon, EMPTY_JVM, heapMib)
                    .ifPresent(ratio -> lines.add(String.format(
                            Locale.ROOT,
                            "%s / %s, %d MiB: %.2f (p50; target: at most 2.50)",
                            daemon,
                            EMPTY_JVM,
                            heapMib,
                            ratio)));
        }
        return lines;
    }

    private List<String> ofTransactions(int heapMib) {
        List<String> lines = new ArrayList<>();
        find(TRANSACTION_STANDBY, heapMib)
                .ifPresent(submit -> lines.add(String.format(
                        Locale.ROOT,
                        "submit to result of an empty task with a standby, %d MiB: p50 %.2f ms (target 0.50)",
                        heapMib,
                        submit.us(50) / US_PER_MS)));
        ratio(TASK_JVM, TRANSACTION_STANDBY, heapMib)
                .ifPresent(ratio -> lines.add(String.format(
                        Locale.ROOT, "%s / %s, %d MiB: %.1f (p50)", TASK_JVM, TRANSACTION_STANDBY, heapMib, ratio)));
        for (int slots : SLOTS) {
            find(transactionsOf(slots), heapMib)
                    .filter(times -> times.us(50) > 0)
                    .ifPresent(times -> lines.add(String.format(
                            Locale.ROOT,
                            "transactions without a standby, %s, %d MiB: %.1f in a second (p50)",
                            slots == 1 ? "1 slot" : slots + " slots",
                            heapMib,
                            US_PER_S / times.us(50))));
        }
        return lines;
    }

    private Optional<Double> ratio(String row, String to, int heapMib) {
        Optional<RowTimes> above = find(row, heapMib);
        Optional<RowTimes> below = find(to, heapMib).filter(times -> times.us(50) > 0);
        return above.isPresent() && below.isPresent()
                ? Optional.of(above.get().us(50) / below.get().us(50))
                : Optional.empty();
    }

    private Optional<RowTimes> find(String row, int heapMib) {
        return rows.stream()
                .filter(times -> times.row().equals(row) && times.heapMib() == heapMib && times.count() > 0)
                .findFirst();
    }

    /** @param jdk that ran it */
    String json(String jdk) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartArray();
            for (RowTimes row : rows) {
                json.writeStartObject();
                json.writeStringField("row", row.row());
                json.writeStringField("jdk", jdk);
                json.writeNumberField("heap_mib", row.heapMib());
                json.writeNumberField("kills", row.count());
                json.writeNumberField("p50_us", Math.round(row.us(50)));
                json.writeNumberField("p90_us", Math.round(row.us(90)));
                json.writeNumberField("p99_us", Math.round(row.us(99)));
                json.writeNumberField("max_us", Math.round(row.us(100)));
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        return text.toString();
    }
}
