package io.coppice.worker.runtime;

import io.coppice.state.OwnerFiles;
import io.coppice.state.PublishedView;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.worker.fixture.Fixtures;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Worker JVMs as the root starts them, on a segment in a directory of the test's own; and eyes to watch them with. */
final class ChildJvm implements AutoCloseable {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);

    final Path directory;
    final Path segment;
    final Path lock;
    final Path log;
    private final List<String> classPath = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private final List<ReadOnlySegment> opened = new ArrayList<>();
    final List<String> jvmOptions = new ArrayList<>();
    final List<String> options = new ArrayList<>();
    long heartbeatTimeoutMs = 5000;

    ChildJvm(Path directory) throws Exception {
        this.directory = directory;
        this.segment = directory.resolve("ingest.seg");
        this.lock = directory.resolve("ingest.lock");
        this.log = directory.resolve("ingest.log");
        copyLibraries();
        createSegment(segment, "ingest");
    }

    static void createSegment(Path file, String name) throws Exception {
        SegmentSpec spec = new SegmentSpec("shop", name, SegmentSpec.KIND_DAEMON, 256 << 10);
        try (RandomAccessFile reserved = new RandomAccessFile(file.toFile(), "rw")) {
            reserved.setLength(spec.lengthBytes());
        }
        SegmentFile.create(file, spec);
        OwnerFiles.makeLock(file);
        OwnerFiles.makeDirectory(OwnerFiles.directory(file));
    }

    /** The worker's class path and nothing else: jars beside them would be found through their manifests. */
    private void copyLibraries() throws Exception {
        Path libraries = Files.createDirectory(directory.resolve("lib"));
        for (Class<?> type : List.of(
                WorkerMain.class,
                ReadOnlySegment.class,
                net.openhft.chronicle.bytes.BytesStore.class,
                net.openhft.chronicle.core.Jvm.class,
                org.slf4j.Logger.class)) {
            Path origin = originOf(type);
            classPath.add(
                    Files.isDirectory(origin)
                            ? origin.toString()
                            : Files.copy(origin, libraries.resolve(origin.getFileName()))
                                    .toString());
        }
        classPath.add(originOf(Fixtures.class).toString());
    }

    private static Path originOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** Adds the provider that coppice gives its workers, so that what libraries say through slf4j is seen. */
    void addLoggingProvider() throws Exception {
        classPath.add(originOf(org.slf4j.simple.SimpleLogger.class).toString());
    }

    /** Lets the loop word be the fence. */
    void fenceByWord() {
        options.addAll(List.of("--fence", "word"));
    }

    /** Adds what the root adds where the loop word is the fence; its native part is beside it. */
    void addLibc() throws IOException {
        try (var jars = Files.newDirectoryStream(Path.of(System.getProperty("coppice.test.libc")), "*.jar")) {
            jars.forEach(jar -> classPath.add(jar.toString()));
        }
        if (Runtime.version().feature() >= 24) {
            jvmOptions.add("--enable-native-access=ALL-UNNAMED");
        }
    }

    /** Starts a worker, held. */
    Process start(Class<?> main, String... userArgs) throws IOException {
        return start(main.getName(), userArgs);
    }

    Process start(String main, String... userArgs) throws IOException {
        return launch(command(main, userArgs));
    }

    List<String> command(String main, String... userArgs) {
        List<String> command = java(WorkerMain.class);
        command.addAll(List.of("--instance", "shop", "--name", "ingest"));
        command.addAll(List.of("--segment", segment.toString(), "--lock", lock.toString(), "--main", main));
        command.addAll(List.of("--heartbeat-timeout-ms", Long.toString(heartbeatTimeoutMs)));
        command.addAll(options);
        command.add("--");
        command.addAll(List.of(userArgs));
        return command;
    }

    /** What comes before the arguments of a main class of ours. */
    List<String> java(Class<?> main) {
        // As the root starts workers: no signal ignored, whatever the shell that started the build has it ignore.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "-Dslf4j.internal.verbosity=ERROR",
                "-Dbackground.releaser=false",
                "-Dsystem.properties=/dev/null",
                "-Xms24m",
                "-Xmx24m",
                "-XX:+UseSerialGC",
                // It lives for seconds, in which the second compiler would take the CPU from what it does.
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:ErrorFile=" + directory.resolve("hs_err_%p.log"),
                "-Xshare:auto"));
        if (Runtime.version().feature() >= 24) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), main.getName()));
        return command;
    }

    Process launch(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(directory.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    /** Starts a worker whose standard output is the pipe on which it gives the root its hints. */
    Process launchWithHints(List<String> command) throws IOException {
        List<String> hinting =
                new ArrayList<>(List.of("sh", "-c", "exec 3>&1 >>\"$0\" 2>&1; exec \"$@\"", log.toString()));
        hinting.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(hinting);
        builder.directory(directory.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    /** Starts a standby and waits for its hint. */
    Process park(String main, String... userArgs) throws IOException {
        Process process = launchWithHints(command(main, userArgs));
        tell(process, "standby");
        if (process.getInputStream().read() != 'p') {
            throw new AssertionError("the standby gave no hint; the log says:\n" + log());
        }
        return process;
    }

    /** Writes a line and keeps the pipe. */
    static void tell(Process process, String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    static void release(Process process, String line) throws IOException {
        try (OutputStream hold = process.getOutputStream()) {
            hold.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Starts a worker and lets it go. */
    Process run(Class<?> main, String line, String... userArgs) throws IOException {
        Process process = start(main, userArgs);
        release(process, line);
        return process;
    }

    ReadOnlySegment read() throws Exception {
        ReadOnlySegment reader = SegmentFile.openReadOnly(segment);
        opened.add(reader);
        return reader;
    }

    PublishedView watch() throws Exception {
        return read().published("watched", Fixtures.WATCHED);
    }

    /** Waits until a view shows a value that satisfies the condition, and keeps that view. */
    void await(PublishedView view, BooleanSupplier condition, String what) {
        await(
                () -> {
                    view.refresh();
                    return view.sequence() > 0 && condition.getAsBoolean();
                },
                what);
    }

    void await(BooleanSupplier condition, String what) {
        long since = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - since > PATIENCE_NS) {
                throw new AssertionError("waited in vain until " + what + "; the log says:\n" + log());
            }
            java.util.concurrent.locks.LockSupport.parkNanos(200_000);
        }
    }

    void awaitMore(LongSupplier value, String what) {
        long before = value.getAsLong();
        await(() -> value.getAsLong() > before, what + " exceeds " + before);
    }

    int exitCode(Process process) throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("still runs; the log says:\n" + log());
        }
        return process.exitValue();
    }

    String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        opened.forEach(ReadOnlySegment::close);
        for (Process process : processes) {
            process.destroyForcibly();
        }
        for (Process process : processes) {
            process.onExit().join();
        }
    }
}
