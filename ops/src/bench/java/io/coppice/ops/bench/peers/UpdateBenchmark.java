package io.coppice.ops.bench.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
 * Atomic updates. A fork knows one product and one work, so that each is compiled for itself. Sample time costs about 25 ns of
 * clock an invocation; so an invocation makes {@code batch} updates, one after the other, where one takes less than some hundred
 * nanoseconds.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH calls open() first.
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class UpdateBenchmark {
    static final String DIRECTORY_PROPERTY = "coppice.bench.directory";

    /** Of {@link Product}. */
    @Param("COPPICE")
    public String product = "";

    /** Of {@link Work#code}. */
    @Param("COUNTER:1:64")
    public String work = "";

    /** Updates of one invocation. */
    @Param("1")
    public int batch;

    private Store store;
    private Path directory;
    private Work.Kind kind;
    private int count;
    private long value;
    private long pick;

    /** Makes the state, once for a fork. */
    @Setup(Level.Trial)
    public void open() throws Exception {
        directory = Files.createTempDirectory(Path.of(System.getProperty(DIRECTORY_PROPERTY)), "updates");
        Work parsed = Work.of(work);
        kind = parsed.kind();
        count = parsed.count();
        store = Product.valueOf(product).open(directory, parsed);
    }

    /** Removes it, so that no two forks' states lie in memory together. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        store.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** A loop of each kind, so that none pays for choosing. */
    @Benchmark
    public void update() {
        Store mine = store;
        long next = pick;
        long number = value;
        switch (kind) {
            case COUNTER -> {
                for (int i = 0; i < batch; i++) {
                    mine.count(++number);
                }
            }
            case FIELDS -> {
                for (int i = 0; i < batch; i++, next += count) {
                    mine.setFields(next, count, ++number);
                }
            }
            case MAP -> {
                for (int i = 0; i < batch; i++, next += count) {
                    mine.putEntries(next, count, ++number);
                }
            }
        }
        pick = next;
        value = number;
    }
}
