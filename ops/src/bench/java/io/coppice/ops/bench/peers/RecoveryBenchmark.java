package io.coppice.ops.bench.peers;

import com.sun.management.ThreadMXBean;
import io.coppice.state.OwnerFiles;
import io.coppice.state.OwnedSegment;
import io.coppice.state.Recovery;
import io.coppice.state.SegmentFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Recovery of a segment whose owner died with 1,000 uncommitted words. Cold (the first thing of a fork, as it is in a successor) or warm,
 * as the options of the run say. The segment is made by another process and copied for each try.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH calls open() first.
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RecoveryBenchmark {
    static final String SEGMENT_PROPERTY = "coppice.bench.segment.";

    /** How the words lie: {@code together}, or {@code spread}, each on a page of its own. */
    @Param({"together", "spread"})
    public String words = "";

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Path file;
    private OwnedSegment segment;

    /** A copy as a killed owner left it, mapped by its successor. */
    @Setup(Level.Invocation)
    public void open() throws Exception {
        Path master = Path.of(System.getProperty(SEGMENT_PROPERTY + words));
        file = master.resolveSibling("copy-" + ProcessHandle.current().pid());
        Files.copy(master, file, StandardCopyOption.REPLACE_EXISTING);
        OwnerFiles.makeLock(file);
        segment = SegmentFile.openOwned(
                file, OwnerFiles.lock(file), ProcessHandle.current().pid(), 2);
        THREADS.getCurrentThreadCpuTime();
    }

    /** Unmaps and removes it, and sees that there was what to recover. */
    @TearDown(Level.Invocation)
    public void close() throws Exception {
        segment.close();
        Files.delete(OwnerFiles.lock(file));
        Files.delete(file);
    }

    /** What the thread itself took, on a machine that does other things too. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Processor {
        /** Of the last recovery. */
        public long cpuNs;
    }

    /** Until the segment can be used: undo, erase, read the directory. */
    @Benchmark
    public Recovery recover(Processor processor) {
        long beganNs = THREADS.getCurrentThreadCpuTime();
        Recovery recovery = segment.recover();
        processor.cpuNs = THREADS.getCurrentThreadCpuTime() - beganNs;
        if (recovery.undoneEntries() != RecoverySegment.ENTRIES) {
            throw new IllegalStateException(recovery + " of " + RecoverySegment.ENTRIES);
        }
        return recovery;
    }
}
