package io.coppice.ops.bench.peers;

import io.coppice.ops.bench.StateBench.Settings;
import io.coppice.ops.bench.StateReport;
import io.coppice.ops.bench.StateReport.Cost;
import io.coppice.ops.bench.StateReport.Finding;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/** What JMH measures, each in forks of its own, one at a time. JMH's own output goes into a file of the run. */
final class JmhRuns {
    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final int BATCH = 1_000;
    private static final int BATCHED_UP_TO = 16;
    private static final double P50 = 50;
    private static final double P99 = 99;
    private static final int COLD_FORKS_QUICK = 10;
    private static final int COLD_FORKS_FULL = 40;
    private static final int WARM_TRIES = 30;

    private final Settings settings;
    private final Consumer<String> progress;

    JmhRuns(Settings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    StateReport updates() throws RunnerException {
        List<String> products = new ArrayList<>();
        for (Product product : Product.values()) {
            products.add(product.title() + ": " + product.described());
        }
        List<Cost> costs = new ArrayList<>();
        for (Work work : Work.all()) {
            for (Product product : Product.values()) {
                // The others take microseconds for anything: nothing to gain from batches, and their p99 is of single ones.
                boolean batched = product == Product.COPPICE && work.count() <= BATCHED_UP_TO;
                costs.add(update(work, product, batched ? BATCH : 1));
            }
        }
        return new StateReport(products, costs, List.of());
    }

    StateReport recovery() throws Exception {
        List<Finding> findings = new ArrayList<>();
        for (boolean spread : new boolean[] {false, true}) {
            String words = spread ? "spread" : "together";
            Path master = RecoverySegment.make(settings.directory().resolve(words), spread);
            for (boolean cold : new boolean[] {true, false}) {
                ChainedOptionsBuilder options = options(RecoveryBenchmark.class)
                        .mode(Mode.SingleShotTime)
                        .param("words", words)
                        .jvmArgsAppend("-D" + RecoveryBenchmark.SEGMENT_PROPERTY + words + "=" + master)
                        .warmupIterations(cold ? 0 : WARM_TRIES)
                        .measurementIterations(cold ? 1 : WARM_TRIES)
                        .forks(cold ? (settings.full() ? COLD_FORKS_FULL : COLD_FORKS_QUICK) : 1);
                String what = "recovery, arena of 64 MiB, 1,000 words "
                        + (spread ? "on as many pages" : "side by side")
                        + (cold ? ", first thing of a JVM" : ", compiled");
                RunResult result = run(options, what);
                double elapsedNs = result.getPrimaryResult().getStatistics().getPercentile(P50);
                Result<?> processor = result.getSecondaryResults().get("cpuNs");
                double cpuNs = processor == null
                        ? Double.NaN
                        : processor.getStatistics().getPercentile(P50);
                findings.add(new Finding(what + ", p50", elapsedNs / 1e6, "ms", "at most 1"));
                findings.add(new Finding(what + ", its CPU, p50", cpuNs / 1e6, "ms", ""));
                progress.accept("  " + elapsedNs / 1e6 + " ms, CPU " + cpuNs / 1e6 + " ms");
            }
        }
        return new StateReport(List.of(), List.of(), findings);
    }

    private Cost update(Work work, Product product, int batch) throws RunnerException {
        ChainedOptionsBuilder options = options(UpdateBenchmark.class)
                .param("product", product.name())
                .param("work", work.code())
                .param("batch", String.valueOf(batch))
                .addProfiler(GCProfiler.class)
                .warmupIterations(settings.full() ? 5 : 2)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(settings.full() ? 5 : 3)
                .measurementTime(settings.full() ? TimeValue.seconds(2) : TimeValue.milliseconds(700))
                .forks(settings.full() ? 3 : 1);
        RunResult result = run(options, work.title() + ": " + product.title());
        Statistics times = result.getPrimaryResult().getStatistics();
        Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
        Cost cost = new Cost(
                work.title(),
                product.title(),
                batch,
                times.getPercentile(P50) / batch,
                times.getPercentile(P99) / batch,
                allocated == null ? Double.NaN : allocated.getScore() / batch);
        progress.accept("  p50 " + cost.p50Ns() + " ns, p99 " + cost.p99Ns() + " ns, " + cost.bytesPerOperation() + " B");
        return cost;
    }

    private ChainedOptionsBuilder options(Class<?> benchmark) {
        return new OptionsBuilder()
                .include("\\." + benchmark.getSimpleName() + "\\.")
                .verbosity(VerboseMode.NORMAL)
                .output(settings.directory().resolve("jmh.log").toString())
                .shouldFailOnError(true)
                .jvmArgsAppend(
                        "-Djava.io.tmpdir=" + settings.directory(),
                        "-D" + UpdateBenchmark.DIRECTORY_PROPERTY + "=" + settings.directory());
    }

    private RunResult run(ChainedOptionsBuilder options, String what) throws RunnerException {
        progress.accept(what);
        PrintStream out = System.out;
        // JMH announces its compiler's mode on standard output, whatever its own output is.
        System.setOut(new PrintStream(System.err, true, StandardCharsets.UTF_8));
        try {
            Collection<RunResult> results = new Runner(options.build()).run();
            if (results.size() != 1) {
                throw new IllegalStateException(results.size() + " results of " + what);
            }
            return results.iterator().next();
        } finally {
            System.setOut(out);
        }
    }
}
