package io.coppice.ops.bench;

import io.coppice.ops.bench.job.Idle;
import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.hosted.ManifestText;
import io.coppice.ops.view.InstanceBase;
import io.coppice.ops.view.ProcFileSystem;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.RootPhase;
import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.RootView;
import java.io.Closeable;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An instance of a bench's children, idle ones as a rule, run by the launcher as anybody would run it, in a directory of its own. Closing ends the root and every
 * child on record, and before them whatever runs beside them, also when the bench is interrupted: its thread is, then, and closes this. One thread.
 */
final class BenchInstance implements AutoCloseable {
    /** More JVMs than that would be a bench of the machine's memory; the root does not care which kind its children are. */
    static final int MOST_DAEMONS = 5;

    /** What a manifest for {@link #of(String, int)} calls its instance. */
    static final String NAME = "bench";

    private static final int WATCHDOG_SECONDS = 120;
    private static final long POLL_MS = 5;
    private static final Path PROC = Path.of("/proc");

    private final BenchDirectory directory;
    private final int children;
    private final Path rootSegment;
    private final Deque<Closeable> beside = new ConcurrentLinkedDeque<>();
    private final Thread owner = Thread.currentThread();
    private final Thread cleaner = new Thread(this::interrupt, "bench-cleaner");
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean ending;
    private @Nullable Process root;

    private BenchInstance(BenchDirectory directory, int children) {
        this.directory = directory;
        this.children = children;
        this.rootSegment =
                new InstanceBase(directory.path(), NAME).instance(NAME).rootSegment();
    }

    /** Of so many idle children. Makes the directory and the manifest; nothing runs yet. */
    static BenchInstance of(int children) throws IOException {
        return of(manifestOf(children), children);
    }

    /**
     * As {@link #of(int)}, of other children.
     *
     * @param manifest of the instance {@link #NAME}
     * @param children how many it declares
     */
    static BenchInstance of(String manifest, int children) throws IOException {
        BenchInstance instance = new BenchInstance(BenchDirectory.create(), children);
        Files.writeString(instance.manifest(), manifest);
        Runtime.getRuntime().addShutdownHook(instance.cleaner);
        return instance;
    }

    /** Closes something before the root and its children end, the newest first. */
    <C extends Closeable> C beside(C closeable) {
        beside.push(closeable);
        return closeable;
    }

    /** Where its files are, in memory if possible. */
    Path path() {
        return directory.path();
    }

    /** The segment of a child. */
    Path segment(String child) {
        return directory.path().resolve(NAME).resolve(child + ".seg");
    }

    /** The same, mapped until this is closed. */
    ReadOnlySegment segmentBeside(String child) throws SegmentException {
        ReadOnlySegment mapped = SegmentFile.openReadOnly(segment(child));
        beside(mapped::close);
        return mapped;
    }

    static int daemonsOf(int children) {
        return Math.min(MOST_DAEMONS, children / 2);
    }

    static String manifestOf(int children) {
        return manifestOf(children, classes());
    }

    /** Where the classes of the bench's own daemons are. */
    private static Path classes() {
        try {
            return Path.of(Idle.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("where our own classes are", e);
        }
    }

    /** @param classes the class path of its daemons, by whatever characters */
    static String manifestOf(int children, Path classes) {
        StringBuilder text = new StringBuilder("instance: " + NAME + "\ndaemons:\n");
        for (int i = 0; i < daemonsOf(children); i++) {
            text.append("  daemon-%d: {main: %s, classpath: [%s], jvm: {heap: 16MiB, archive: none}}\n"
                    .formatted(i, Idle.class.getName(), ManifestText.quoted(classes.toString())));
        }
        for (int i = daemonsOf(children); i < children; i++) {
            text.append("  command-%d: {command: [sleep, \"1000000\"]}\n".formatted(i));
        }
        return text.toString();
    }

    /** See {@link BenchDirectory#openTo}. */
    void openTo(Set<PosixFilePermission> mode) throws IOException {
        directory.openTo(mode);
    }

    /** What {@code coppice check} has against its manifest; empty for nothing. */
    String check() throws IOException, InterruptedException {
        Path said = directory.path().resolve("check.log");
        int exit = coppice(List.of("check", manifest().toString()))
                .redirectOutput(said.toFile())
                .start()
                .waitFor();
        return exit == 0 ? "" : Files.readString(said).strip();
    }

    private Path manifest() {
        return directory.path().resolve("bench.yaml");
    }

    /** Starts a root: the first one, or the next after one that was killed. */
    void start() throws IOException {
        ProcessBuilder builder = coppice(List.of("run", "-f", manifest().toString()));
        builder.environment()
                .merge("COPPICE_ROOT_OPTIONS", "-Dcoppice.root.measure=true", (given, ours) -> given + " " + ours);
        root = builder.start();
    }

    /** Has the root stop children, and returns when they are down. */
    void stop(List<String> names) throws IOException, InterruptedException {
        ask("stop", names);
    }

    /** Has the root stop and start children, and returns when they are ready. */
    void restart(List<String> names) throws IOException, InterruptedException {
        ask("restart", names);
    }

    private void ask(String verb, List<String> names) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(verb, "--instance", NAME));
        arguments.addAll(names);
        if (coppice(arguments).start().waitFor() != 0) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "bench: cannot " + verb + " " + String.join(", ", names) + ". It printed:\n"
                            + Files.readString(log()).strip());
        }
    }

    private ProcessBuilder coppice(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(System.getProperty("coppice.launcher")));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().put("COPPICE_HOME_DIR", directory.path().toString());
        return builder;
    }

    private Path log() {
        return directory.path().resolve("root.log");
    }

    /**
     * Waits until the root's JVM has taken the launcher's place.
     *
     * @return when that was seen, milliseconds since 1970
     */
    long awaitJvm() throws InterruptedException, IOException {
        Path program = PROC.resolve(pid() + "/exe");
        while (started().isAlive()) {
            if (Files.readSymbolicLink(program).endsWith("java")) {
                return System.currentTimeMillis();
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        throw new CommandFailedException(
                ExitCode.FAILED,
                "bench: the launcher ended before it became a root. It printed:\n"
                        + Files.readString(log()).strip());
    }

    /** The process id of the root that was started last. */
    long pid() {
        return started().pid();
    }

    private Process started() {
        Process process = root;
        if (process == null) {
            throw new IllegalStateException("no root was started");
        }
        return process;
    }

    /** {@code kill -9} of the root, and nothing else; returns when it is reaped. */
    void killRoot() throws InterruptedException {
        started().destroyForcibly().waitFor();
    }

    /** Waits until the root that was started last has committed something of which that holds. */
    RootSnapshot await(Predicate<RootSnapshot> condition, String what) throws InterruptedException, IOException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        while (System.nanoTime() < endNs && started().isAlive()) {
            Optional<RootSnapshot> now = snapshot();
            if (now.isPresent()
                    && now.get().root().filter(info -> info.pid() == pid()).isPresent()
                    && condition.test(now.get())) {
                return now.get();
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
        throw new CommandFailedException(
                ExitCode.FAILED,
                "bench: the root "
                        + (started().isAlive() ? "runs, but within " + WATCHDOG_SECONDS + " s not" : "ended before")
                        + ": " + what + ". It printed:\n"
                        + Files.readString(log()).strip());
    }

    RootSnapshot awaitReady() throws InterruptedException, IOException {
        return await(this::allReady, "all children ready");
    }

    /** Slots of transactions excepted, which are down as long as there is nothing to do. */
    boolean allReady(RootSnapshot snapshot) {
        List<RootSnapshot.ChildInfo> declared = snapshot.children().stream()
                .filter(child -> child.kind() != ChildKind.TRANSACTION)
                .toList();
        return snapshot.root().orElseThrow().phase() == RootPhase.RUNNING
                && declared.size() == children
                && declared.stream().allMatch(child -> child.state() == ChildStateCode.READY);
    }

    private Optional<RootSnapshot> snapshot() {
        try (RootView view = RootView.open(rootSegment)) {
            return view.read() instanceof RootReadResult.Read read ? Optional.of(read.snapshot()) : Optional.empty();
        } catch (SegmentException e) {
            return Optional.empty(); // Not made yet; whoever waits has a watchdog.
        }
    }

    /** Ends the root in order; what is left of its children after that, or of a root that was killed, is killed. */
    private void end() {
        Process process = root;
        try {
            endWhatIsBeside();
            if (process != null) {
                process.destroy();
                if (!process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            }
            ProcFileSystem processes = new ProcFileSystem(PROC);
            List<RootSnapshot.ChildInfo> onRecord =
                    snapshot().map(RootSnapshot::children).orElse(List.of());
            for (RootSnapshot.ChildInfo child : onRecord) {
                if (processes.lives(child.pid(), child.startTicks())) {
                    ProcessHandle.of(child.pid()).ifPresent(ProcessHandle::destroyForcibly);
                }
            }
            directory.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "bench: cannot remove " + directory.path() + ": " + e.getMessage());
        }
    }

    private void endWhatIsBeside() throws IOException {
        for (Closeable next = beside.poll(); next != null; next = beside.poll()) {
            next.close();
        }
    }

    /** This JVM was told to end: has the owner close this, and waits for that; does so itself if the owner is stuck. */
    private void interrupt() {
        synchronized (this) {
            if (!ending) {
                owner.interrupt();
            }
        }
        try {
            if (!ended.await(2 * WATCHDOG_SECONDS, TimeUnit.SECONDS)) {
                end();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Nobody does.
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (ending) {
                return;
            }
            ending = true;
            Thread.interrupted(); // What was to be ended by that ends now.
        }
        try {
            end();
        } finally {
            ended.countDown();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(cleaner);
        } catch (IllegalStateException e) {
            return; // It waited for this, and is done.
        }
    }
}
