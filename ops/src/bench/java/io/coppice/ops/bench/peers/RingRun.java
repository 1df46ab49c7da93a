package io.coppice.ops.bench.peers;

import io.coppice.ops.bench.StateBench.Settings;
import io.coppice.ops.bench.StateReport;
import io.coppice.ops.bench.StateReport.Finding;
import io.coppice.ops.bench.peers.RingProcess.Exercise;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Messages of 64 bytes from one JVM to another, one writer, one reader, both spinning. */
final class RingRun {
    private static final int[] BURSTS = {1, 64};
    private static final int WATCHDOG_SECONDS = 300;

    private final Settings settings;
    private final Consumer<String> progress;
    private int runs;

    RingRun(Settings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    StateReport run() throws Exception {
        List<String> products = new ArrayList<>();
        for (RingProduct product : RingProduct.values()) {
            products.add(product.title() + ": " + product.described());
        }
        List<Finding> findings = new ArrayList<>();
        for (int burst : BURSTS) {
            String what = "ring, 64 B messages, " + burst + " per flush, ";
            Map<RingProduct, List<Map<String, Double>>> figures =
                    rounds(what, Exercise.THROUGHPUT, 5_000_000, 20_000_000, burst);
            add(findings, figures, what + "throughput, ", "messagesPerSecond", 1e-6, "million/s", "at least 1");
        }
        String what = "ring, 64 B messages, round trip, ";
        Map<RingProduct, List<Map<String, Double>>> figures =
                rounds(what, Exercise.ROUND_TRIP, 300_000, 500_000, 1);
        add(findings, figures, what + "p50, ", "p50Ns", 1, "ns", "at most 1.2");
        add(findings, figures, what + "p99, ", "p99Ns", 1, "ns", "");
        return new StateReport(products, List.of(), findings);
    }

    /** The products take turns, so that a machine that is busy with other things is so for all of them. */
    private Map<RingProduct, List<Map<String, Double>>> rounds(
            String what, Exercise exercise, long warm, long measured, int burst) throws Exception {
        Map<RingProduct, List<Map<String, Double>>> all = new EnumMap<>(RingProduct.class);
        int rounds = settings.full() ? 9 : 3;
        for (int i = 0; i < rounds; i++) {
            for (RingProduct product : RingProduct.values()) {
                Map<String, Double> figures = round(product, exercise, warm, measured, burst);
                progress.accept(what + product.title() + "  " + figures);
                all.computeIfAbsent(product, first -> new ArrayList<>()).add(figures);
            }
        }
        return all;
    }

    /** Each product's median, and the median of the rounds' ratios of coppice's to Aeron's. */
    private static void add(
            List<Finding> findings,
            Map<RingProduct, List<Map<String, Double>>> figures,
            String what,
            String name,
            double scale,
            String unit,
            String wantedRatio) {
        figures.forEach((product, rows) ->
                findings.add(new Finding(what + product.title(), scale * median(column(rows, name)), unit, "")));
        double[] ratios = column(figures.getOrDefault(RingProduct.COPPICE, List.of()), name);
        double[] peers = column(figures.getOrDefault(RingProduct.AERON, List.of()), name);
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] /= peers[i];
        }
        findings.add(new Finding(what + "coppice to aeron", median(ratios), "times", wantedRatio));
    }

    private Map<String, Double> round(RingProduct product, Exercise exercise, long warm, long measured, int burst)
            throws Exception {
        Path directory = Files.createDirectory(settings.directory().resolve("ring-" + runs++));
        List<String> tail = List.of(
                directory.toString(), String.valueOf(warm), String.valueOf(measured), String.valueOf(burst));
        Closeable surroundings = product.surroundings(directory);
        try {
            Process second = start(product, exercise, "second", tail);
            Process first = start(product, exercise, "first", tail);
            try {
                Process measuring = exercise == Exercise.THROUGHPUT ? second : first;
                requireEnd(first);
                requireEnd(second);
                return figures(measuring);
            } finally {
                first.destroyForcibly();
                second.destroyForcibly();
            }
        } finally {
            surroundings.close();
        }
    }

    private static Process start(RingProduct product, Exercise exercise, String which, List<String> tail)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), RingProcess.class.getName()));
        command.addAll(List.of(product.name(), exercise.name(), which));
        command.addAll(tail);
        return new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    }

    private static void requireEnd(Process process) throws InterruptedException {
        if (!process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("a process of the rings' figures did not end");
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException("a process of the rings' figures ended with " + process.exitValue());
        }
    }

    private static Map<String, Double> figures(Process process) throws IOException {
        Map<String, Double> figures = new HashMap<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int blank = line.indexOf(' ');
                figures.put(line.substring(0, blank), Double.valueOf(line.substring(blank + 1)));
            }
        }
        return figures;
    }

    private static double[] column(List<Map<String, Double>> figures, String name) {
        return figures.stream()
                .mapToDouble(row -> row.getOrDefault(name, Double.NaN))
                .toArray();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
