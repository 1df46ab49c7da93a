package io.coppice.ops.bench;

import com.sun.management.ThreadMXBean;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.demo.job.WordCountDaemon;
import io.coppice.state.Checksum;
import io.coppice.state.LongField;
import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.RecordTable;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.State;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a commit and a step of the demo take, in this process, on a segment in the temporary directory. */
final class CommitBench {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Short ones, of which the machine interrupts few, whatever else it does. */
    private static final int BATCHES = 1000;

    private static final int WARM_BATCHES = 200;
    private static final long STATE_BYTES = 24L << 20;
    private static final int TEXT_BYTES = 24 << 20;

    private static final RecordLayout.Builder FIELDS = RecordLayout.named("bench");
    private static final LongField VALUE = FIELDS.int64("value");
    private static final RecordLayout LAYOUT = FIELDS.build();

    /** Words of a step, and how many commits of it are timed together. */
    private static final int[][] WORDS = {{1, 5_000}, {16, 500}, {512, 20}};

    private static final long VERIFIED_BYTES = 80L << 20;
    private static final int VERIFIED_ROWS = 8 << 20;
    private static final int TAKE_OVERS = 15;

    private CommitBench() {}

    static void run(CoppiceCommand coppice, boolean json) throws Exception {
        Path directory = Files.createTempDirectory("coppice-bench");
        Figures figures = new Figures("Commits");
        try {
            for (Checksum checksum : Checksum.values()) {
                String name = "words-" + checksum.name().toLowerCase(Locale.ROOT);
                try (OwnedSegment segment = segment(directory, name, STATE_BYTES, checksum)) {
                    for (int[] words : WORDS) {
                        words(segment.state(), words[0], words[1], checksum, figures);
                    }
                }
                Files.delete(directory.resolve(name + ".seg"));
            }
            try (OwnedSegment segment = segment(directory, "verified", VERIFIED_BYTES, Checksum.ARENA)) {
                takeOvers(segment, figures);
            }
            Files.delete(directory.resolve("verified.seg"));
            Path text = text(directory);
            try (OwnedSegment segment = segment(directory, "demo", STATE_BYTES, Checksum.NONE)) {
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
        figures.print(coppice, json);
    }

    private static OwnedSegment segment(Path directory, String name, long stateBytes, Checksum checksum)
            throws Exception {
        Path file = directory.resolve(name + ".seg");
        try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
            sized.setLength(stateBytes);
        }
        SegmentFile.create(file, new SegmentSpec("bench", name, SegmentSpec.KIND_DAEMON, stateBytes));
        OwnerFiles.makeLock(file);
        OwnedSegment segment = SegmentFile.openOwned(
                file, directory.resolve(name + ".lock"), ProcessHandle.current().pid(), 1);
        segment.recover(checksum);
        return segment;
    }

    private static void words(State state, int words, int commits, Checksum checksum, Figures figures) {
        RecordTable table = state.table("bench-" + words, LAYOUT, words);
        Record[] rows = new Record[words];
        for (int row = 0; row < words; row++) {
            rows[row] = table.row(row);
        }
        state.commit();
        double[] perCommitNs = new double[BATCHES];
        long allocatedBytes = 0;
        for (int batch = -WARM_BATCHES; batch < BATCHES; batch++) {
            long allocatedBefore = allocated();
            long beganNs = System.nanoTime();
            for (int i = 0; i < commits; i++) {
                for (Record row : rows) {
                    row.set(VALUE, i);
                }
                state.commit();
            }
            long tookNs = System.nanoTime() - beganNs;
            if (batch >= 0) {
                perCommitNs[batch] = tookNs / (double) commits;
                allocatedBytes += allocated() - allocatedBefore;
            }
        }
        Arrays.sort(perCommitNs);
        String what = (words == 1 ? "one word" : words + " words") + " changed and committed"
                + (checksum == Checksum.ARENA ? " with `checksum: arena`" : "");
        figures.number(what + ", p50 of batches", perCommitNs[BATCHES / 2], "ns");
        figures.number("allocated by that", allocatedBytes / ((double) BATCHES * commits), "bytes per commit");
    }

    /** With 64 MiB of words that are not zero, which would cost nothing. */
    private static void takeOvers(OwnedSegment segment, Figures figures) {
        RecordTable table = segment.state().table("verified", LAYOUT, VERIFIED_ROWS);
        for (int row = 0; row < VERIFIED_ROWS; row++) {
            table.at(row).set(VALUE, row + 1L);
            if (row % (1 << 16) == 0) {
                segment.state().commit();
            }
        }
        segment.state().commit();
        long[] tookNs = new long[TAKE_OVERS];
        for (int i = 0; i < TAKE_OVERS; i++) {
            long beganNs = System.nanoTime();
            segment.recover();
            tookNs[i] = System.nanoTime() - beganNs;
        }
        figures.number("take-over that checks the first time an arena with 64 MiB in use", tookNs[0] / 1e6, "ms");
        Arrays.sort(tookNs);
        figures.number("the same once the JVM is warm, p50", Figures.percentile(tookNs, 50) / 1e6, "ms");
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
