package io.coppice.ops.bench.peers;

import com.sun.management.ThreadMXBean;
import io.coppice.ops.bench.StateBench.Settings;
import io.coppice.ops.bench.StateReport;
import io.coppice.ops.bench.StateReport.Finding;
import io.coppice.state.BytesField;
import io.coppice.state.LongField;
import io.coppice.state.OwnedSegment;
import io.coppice.state.PublishedView;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.SegmentFile;
import io.coppice.state.State;
import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Readers against a writer that does nothing but commit, in one JVM, each with a read-only mapping of its own. Success is counted; the
 * cost of readers to the writer is its own processor time for a commit, since with fewer processors than threads elapsed time
 * would show the scheduler's choices.
 */
final class PublishingRun {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int[] IMAGE_BYTES = {64, 256, 1024, 4096};
    private static final int READERS = 8;
    private static final int COMMITS = 1_000;
    private static final int ROUNDS = 9;
    private static final long PACE_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SEGMENT_BYTES = 1L << 20;

    private final Settings settings;
    private final Consumer<String> progress;

    PublishingRun(Settings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    StateReport run() throws Exception {
        List<Finding> findings = new ArrayList<>();
        for (int bytes : IMAGE_BYTES) {
            Path directory = Files.createDirectory(settings.directory().resolve("published-" + bytes));
            try (Writer writer = new Writer(directory, bytes)) {
                for (int readers : new int[] {1, READERS}) {
                    success(writer, readers, findings);
                }
                cost(writer, PACE_NS, "that look 1,000 times a second each", findings);
                cost(writer, 0, "that do nothing else", findings);
            }
        }
        return new StateReport(List.of(), List.of(), findings);
    }

    private void success(Writer writer, int count, List<Finding> findings) throws Exception {
        String what = "snapshots that succeed, image of " + writer.bytes + " B, readers: " + count;
        progress.accept(what);
        Readers readers = new Readers(writer, count, 0);
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(settings.full() ? 10 : 2);
        while (System.nanoTime() < endNs) {
            writer.commits();
        }
        readers.stop();
        double percent = 100.0 * readers.succeeded.get() / readers.tried.get();
        findings.add(new Finding(
                what + String.format(java.util.Locale.ROOT, " (of %,d)", readers.tried.get()),
                percent,
                "%",
                "at least 99.9"));
        progress.accept("  " + percent + " %");
    }

    /** Rounds with and without readers take turns, so that a machine that is busy with other things is so for both. */
    private void cost(Writer writer, long paceNs, String how, List<Finding> findings) throws Exception {
        String what = "writer's CPU for a commit, image of " + writer.bytes + " B, with 8 readers " + how;
        progress.accept(what);
        double[] ratios = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            double aloneNs = writer.cpuNs();
            Readers readers = new Readers(writer, READERS, paceNs);
            double readNs = writer.cpuNs();
            readers.stop();
            ratios[round] = readNs / aloneNs;
        }
        Arrays.sort(ratios);
        double percent = 100 * (ratios[ROUNDS / 2] - 1);
        findings.add(new Finding(what, percent, "% more", paceNs == 0 ? "" : "at most 5"));
        progress.accept("  " + percent + " % more");
    }

    /** A segment with one published record. The thread that made it. */
    private static final class Writer implements Closeable {
        private static final long CPU_WINDOW_NS = TimeUnit.MILLISECONDS.toNanos(200);

        private final int bytes;
        private final Path file;
        private final RecordLayout layout;
        private final LongField number;
        private final OwnedSegment segment;
        private final State state;
        private final Record record;
        private long value;

        Writer(Path directory, int bytes) throws Exception {
            this.bytes = bytes;
            RecordLayout.Builder fields = RecordLayout.named("published");
            number = fields.int64("number");
            BytesField rest = fields.bytes("rest", bytes - 2 * Long.BYTES);
            layout = fields.build();
            if (layout.sizeBytes() != bytes) {
                throw new IllegalStateException(rest.name() + " makes " + layout.sizeBytes() + " bytes of " + bytes);
            }
            segment = CoppiceStore.segment(directory, SEGMENT_BYTES);
            file = directory.resolve("bench.seg");
            state = segment.state();
            record = state.published("published", layout);
            state.commit();
            commits();
        }

        void commits() {
            for (int i = 0; i < COMMITS; i++) {
                record.set(number, ++value);
                state.commit();
            }
        }

        /** This thread's processor time for one commit, over a window. */
        double cpuNs() {
            long beganNs = System.nanoTime();
            long beganCpuNs = THREADS.getCurrentThreadCpuTime();
            long done = 0;
            while (System.nanoTime() - beganNs < CPU_WINDOW_NS) {
                commits();
                done += COMMITS;
            }
            return (THREADS.getCurrentThreadCpuTime() - beganCpuNs) / (double) done;
        }

        @Override
        public void close() throws IOException {
            segment.close();
        }
    }

    /** Threads that refresh a view until they are stopped. */
    private static final class Readers {
        final AtomicLong tried = new AtomicLong();
        final AtomicLong succeeded = new AtomicLong();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final AtomicLong wrong = new AtomicLong();
        private final List<Thread> threads = new ArrayList<>();
        private final long paceNs;

        /** Returns when all of them read. */
        Readers(Writer writer, int count, long paceNs) throws Exception {
            this.paceNs = paceNs;
            CountDownLatch reading = new CountDownLatch(count);
            for (int i = 0; i < count; i++) {
                ReadOnlySegment segment = SegmentFile.openReadOnly(writer.file);
                Thread thread = new Thread(() -> read(segment, writer, reading), "reader-" + i);
                thread.start();
                threads.add(thread);
            }
            reading.await();
        }

        void stop() throws InterruptedException {
            stopped.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            if (wrong.get() != 0) {
                throw new IllegalStateException(wrong.get() + " snapshots went back in time");
            }
        }

        private void read(ReadOnlySegment segment, Writer writer, CountDownLatch reading) {
            try (segment) {
                PublishedView view = segment.published("published", writer.layout);
                long mine = 0;
                long good = 0;
                long last = 0;
                while (!view.refresh()) {
                    Thread.onSpinWait(); // Its directory, once, is not a snapshot of the record.
                }
                reading.countDown();
                while (!stopped.get()) {
                    mine++;
                    if (view.refresh()) {
                        good++;
                        long seen = view.get(writer.number);
                        if (seen < last) {
                            wrong.incrementAndGet();
                        }
                        last = seen;
                    }
                    if (paceNs > 0) {
                        LockSupport.parkNanos(paceNs);
                    }
                }
                tried.addAndGet(mine);
                succeeded.addAndGet(good);
            }
        }
    }
}
