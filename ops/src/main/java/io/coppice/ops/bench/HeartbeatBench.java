package io.coppice.ops.bench;

import com.sun.management.ThreadMXBean;
import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.supervisor.root.HeartbeatScanProbe;
import io.coppice.supervisor.root.HeartbeatScanProbe.Counters;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the root's look at the heartbeats takes, by the number of daemons: in this process, with the root's own monitor, over real
 * segments. The counters stand still, so a look reads all three words.
 *
 * <p>A process cannot map as many segments as 100,000 daemons would have. So the last row over segments has each of them stand for ten
 * daemons: all of the code, but less memory than there would be. What memory costs, {@link PageCounters} show, which have a page for
 * each daemon and little code.
 */
final class HeartbeatBench {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int[] DAEMONS = {10, 100, 1_000, 10_000};
    private static final int MOST_DAEMONS = 100_000;

    /** Scans timed together look at so many daemons: few hundred microseconds, which the machine seldom interrupts. */
    private static final int DAEMONS_OF_A_BATCH = 100_000;

    private static final int BATCHES = 50;
    private static final int WARM_BATCHES = 30;

    private HeartbeatBench() {}

    static void run(CoppiceCommand coppice, boolean json) throws IOException, SegmentException {
        Figures figures = new Figures("Looks at the heartbeats");
        int largest = DAEMONS[DAEMONS.length - 1];
        List<ReadOnlySegment> segments = new ArrayList<>();
        try (BenchDirectory directory = BenchDirectory.create()) {
            insistOnSpace(directory.path(), largest);
            try {
                for (int daemons : DAEMONS) {
                    while (segments.size() < daemons) {
                        segments.add(segment(directory.path(), segments.size()));
                    }
                    measure(daemons, "a segment each", HeartbeatScanProbe.in(segments), figures);
                }
                List<ReadOnlySegment> repeated = new ArrayList<>();
                for (int i = 0; i < MOST_DAEMONS; i++) {
                    repeated.add(segments.get(i % largest));
                }
                measure(MOST_DAEMONS, "over " + largest + " segments", HeartbeatScanProbe.in(repeated), figures);
            } finally {
                segments.forEach(ReadOnlySegment::close);
            }
        }
        PageCounters pages = new PageCounters(MOST_DAEMONS);
        measure(largest, "a page each", pages, figures);
        measure(MOST_DAEMONS, "a page each", pages, figures);
        figures.print(coppice, json);
    }

    private static void insistOnSpace(Path directory, int segments) throws IOException {
        long neededBytes = segments * SegmentSpec.MIN_LENGTH_BYTES;
        long usableBytes = Files.getFileStore(directory).getUsableSpace();
        if (usableBytes < neededBytes) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "bench heartbeat: " + directory + " has " + (usableBytes >> 20) + " MiB free, and " + segments
                            + " segments may take " + (neededBytes >> 20)
                            + " MiB.\n  Make room there, or make the file system larger (a container's --shm-size).");
        }
    }

    private static ReadOnlySegment segment(Path directory, int number) throws IOException, SegmentException {
        String name = "daemon-" + number;
        Path file = directory.resolve(name + ".seg");
        try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
            sized.setLength(SegmentSpec.MIN_LENGTH_BYTES);
        }
        SegmentFile.create(file, new SegmentSpec("bench", name, SegmentSpec.KIND_DAEMON, SegmentSpec.MIN_LENGTH_BYTES));
        return SegmentFile.openReadOnly(file);
    }

    private static void measure(int daemons, String where, Counters counters, Figures figures) {
        HeartbeatScanProbe probe = new HeartbeatScanProbe(daemons, counters);
        int scans = Math.max(1, DAEMONS_OF_A_BATCH / daemons);
        double[] perDaemonNs = new double[BATCHES];
        long allocatedBytes = 0;
        int silent = 0;
        for (int batch = -WARM_BATCHES; batch < BATCHES; batch++) {
            long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
            long beganNs = System.nanoTime();
            for (int i = 0; i < scans; i++) {
                // No time goes by, so that nobody is found silent: what follows then is not to be measured.
                silent += probe.scan(0);
            }
            long tookNs = System.nanoTime() - beganNs;
            if (batch >= 0) {
                perDaemonNs[batch] = tookNs / ((double) scans * daemons);
                allocatedBytes += THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore;
            }
        }
        if (silent != 0) {
            throw new IllegalStateException(silent + " daemons were found silent though no time went by");
        }
        Arrays.sort(perDaemonNs);
        figures.number(daemons + " daemons, " + where + ", p50", perDaemonNs[BATCHES / 2], "ns per daemon");
        figures.number(
                "allocated by one look at those " + daemons,
                allocatedBytes / ((double) BATCHES * scans),
                "bytes per scan");
    }
}
