package io.coppice.ops.bench;

import com.sun.management.ThreadMXBean;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.demo.job.WordCountDaemon;
import io.coppice.state.LongField;
import io.coppice.state.OwnedSegment;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.State;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What a commit and a step of the demo take, in this process, on a segment in the temporary directory. */
final class CommitBench {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int BATCHES = 200;
    private static final int COMMITS_A_BATCH = 50_000;
    private static final int WARM_BATCHES = 40;
    private static final long STATE_BYTES = 24L << 20;
    private static final int TEXT_BYTES = 24 << 20;

    private static final RecordLayout.Builder FIELDS = RecordLayout.named("bench");
    private static final LongField VALUE = FIELDS.int64("value");
    private static final RecordLayout LAYOUT = FIELDS.build();

    private CommitBench() {}

    static void run(CoppiceCommand coppice) throws Exception {
        Path directory = Files.createTempDirectory("coppice-bench");
        Figures figures = new Figures("Commits");
        try {
            try (OwnedSegment segment = segment(directory, "word")) {
                oneWord(segment.state(), figures);
            }
            Path text = text(directory);
            try (OwnedSegment segment = segment(directory, "demo")) {
                demoSteps(segment.state(), text, figures);
            }
        } finally {
            try (var files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
        figures.print(coppice);
    }

    private static OwnedSegment segment(Path directory, String name) throws Exception {
        Path file = directory.resolve(name + ".seg");
        try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
            sized.setLength(STATE_BYTES);
        }
        SegmentFile.create(file, new SegmentSpec("bench", name, SegmentSpec.KIND_DAEMON, STATE_BYTES));
        OwnedSegment segment = SegmentFile.openOwned(
                file, directory.resolve(name + ".lock"), ProcessHandle.current().pid(), 1);
        segment.recover();
        return segment;
    }

    private static void oneWord(State state, Figures figures) {
        Record record = state.record("bench", LAYOUT);
        state.commit();
        double[] perCommitNs = new double[BATCHES];
        long allocatedBytes = 0;
        for (int batch = -WARM_BATCHES; batch < BATCHES; batch++) {
            long allocatedBefore = allocated();
            long beganNs = System.nanoTime();
            for (int i = 0; i < COMMITS_A_BATCH; i++) {
                record.set(VALUE, i);
                state.commit();
            }
            long tookNs = System.nanoTime() - beganNs;
            if (batch >= 0) {
                perCommitNs[batch] = tookNs / (double) COMMITS_A_BATCH;
                allocatedBytes += allocated() - allocatedBefore;
            }
        }
        Arrays.sort(perCommitNs);
        figures.number("one word changed and committed, p50 of batches", perCommitNs[BATCHES / 2], "ns");
        figures.number("allocated by that", allocatedBytes / ((double) BATCHES * COMMITS_A_BATCH), "bytes per commit");
    }

    private static Path text(Path directory) throws Exception {
        byte[] line = "the quick brown fox jumps over the lazy dog and counts every word it meets on its way\n"
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        byte[] text = new byte[TEXT_BYTES];
        for (int i = 0; i < text.length; i++) {
            text[i] = line[i % line.length];
        }
        return Files.write(directory.resolve("text"), text);
    }

    private static void demoSteps(State state, Path text, Figures figures) throws Exception {
        WordCountDaemon daemon = new WordCountDaemon();
        daemon.start(new BenchContext(state, List.of("--input", text.toString(), "--gate", text + ".gate")));
        state.commit();
        int steps = TEXT_BYTES / (16 << 10) - 1;
        int warm = steps / 2;
        long[] stepNs = new long[steps - warm];
        long[] commitNs = new long[steps - warm];
        long allocatedBefore = 0;
        for (int i = 0; i < steps; i++) {
            if (i == warm) {
                allocatedBefore = allocated();
            }
            long beganNs = System.nanoTime();
            daemon.step();
            long steppedNs = System.nanoTime();
            state.commit();
            if (i >= warm) {
                commitNs[i - warm] = System.nanoTime() - steppedNs;
                stepNs[i - warm] = steppedNs - beganNs;
            }
        }
        long allocatedBytes = allocated() - allocatedBefore;
        daemon.stop();
        Arrays.sort(stepNs);
        Arrays.sort(commitNs);
        figures.number("demo: one step of 16 KiB of text, p50", Figures.percentile(stepNs, 50) / 1e3, "us");
        figures.number(
                "demo: the commit of that step, clock included, p50", (double) Figures.percentile(commitNs, 50), "ns");
        figures.number("demo: allocated", allocatedBytes / (double) (steps - warm), "bytes per step");
    }

    private static long allocated() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
