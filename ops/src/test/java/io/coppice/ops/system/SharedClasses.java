package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.view.Clocks;
import io.coppice.ops.view.InstanceBase;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceReader;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Archives of the classes of roots and of workers, for tests that are not about starts: loading these classes takes a third of the CPU of each of the
 * hundreds of JVMs that the tests start. Made once for a build and a JDK, by the first of the tests' JVMs that asks, from what an instance loads.
 * A JVM that cannot use one starts without.
 */
final class SharedClasses {
    private static final long WATCHDOG_SECONDS = 120;

    private static final Path DISTRIBUTION = Path.of(Coppice.launcher()).resolveSibling("ops/target/coppice");

    private static final List<String> REACHING = List.of(
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED");

    private static final SharedClasses OF_THIS_BUILD = make();

    private final Path root;
    private final Path worker;

    private SharedClasses(Path directory) {
        this.root = directory.resolve("root.jsa");
        this.worker = directory.resolve("worker.jsa");
    }

    /** The option of a root's JVM. */
    static String optionOfRoots() {
        return "-XX:SharedArchiveFile=" + OF_THIS_BUILD.root;
    }

    /** The option of a worker's JVM, whatever is on its class path behind what is ours. */
    static String optionOfWorkers() {
        return "-XX:SharedArchiveFile=" + OF_THIS_BUILD.worker;
    }

    private static SharedClasses make() {
        try {
            // The archives are those of one JDK and of these very jars, as JVMs see for themselves.
            Path directory = DISTRIBUTION
                    .resolveSibling("shared-classes")
                    .resolve(Runtime.version() + "-"
                            + Files.getLastModifiedTime(DISTRIBUTION.resolve("built"))
                                    .toMillis());
            Files.createDirectories(directory);
            SharedClasses classes = new SharedClasses(directory);
            try (FileChannel lock = FileChannel.open(
                            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var held = lock.lock()) {
                if (held.isValid() && !Files.exists(classes.worker)) {
                    classes.record(directory);
                }
            }
            return classes;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("cannot make archives of the classes of roots and workers", e);
        }
    }

    private void record(Path directory) throws IOException, InterruptedException {
        Path ofRoot = directory.resolve("root.classes");
        Path ofWorker = directory.resolve("worker.classes");
        Path world = Files.createTempDirectory("coppice-test");
        try {
            runAnInstance(world, ofRoot, ofWorker);
        } finally {
            try (Stream<Path> files = Files.walk(world)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        List<String> onNewerJdks = Runtime.version().feature() >= 24
                ? List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")
                : List.of();
        List<String> options = new ArrayList<>(REACHING);
        options.addAll(onNewerJdks);
        dump(ofRoot, options, DISTRIBUTION.resolve("lib") + "/*", root);
        options.remove("--enable-native-access=ALL-UNNAMED");
        dump(ofWorker, options, workerClassPath(), worker);
    }

    /** From its start until a daemon has committed. */
    private static void runAnInstance(Path world, Path ofRoot, Path ofWorker) throws IOException, InterruptedException {
        Files.writeString(world.resolve("coppice.yaml"), """
                instance: shop
                daemons:
                  ticker:
                    main: io.coppice.ops.system.daemons.Ticker
                    classpath: [%s]
                    jvm: {heap: 16MiB, options: ["-XX:DumpLoadedClassList=%s"]}
                """.formatted(DaemonJar.path(), ofWorker));
        Path said = world.resolve("said");
        ProcessBuilder builder = new ProcessBuilder("env", "--default-signal", Coppice.launcher(), "run")
                .directory(world.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().put("COPPICE_HOME_DIR", world.resolve("home").toString());
        builder.environment().put("COPPICE_ROOT_OPTIONS", Coppice.ROOT_OPTIONS + " -XX:DumpLoadedClassList=" + ofRoot);
        builder.environment().remove("COPPICE_INSTANCE");
        Process process = builder.start();
        InstanceDirectory instance = new InstanceBase(world.resolve("home"), "this one's").instance("shop");
        Coppice.await("the first commits", () -> {
            try (InstanceReader reader = new InstanceReader(instance, Coppice.PROC, Clocks.system())) {
                return reader.read().daemons().stream()
                        .anyMatch(daemon -> daemon.commits().orElse(0) > 5);
            }
        });
        process.destroy();
        assertTrue(process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS), "the root does not end");
        assertEquals(0, process.exitValue(), () -> "of " + said);
    }

    /** In the order in which a root gives them to its workers. */
    private static String workerClassPath() throws IOException {
        try (Stream<Path> jars = Files.list(DISTRIBUTION.resolve("worker-lib"))) {
            return String.join(
                    File.pathSeparator, jars.map(Path::toString).sorted().toList());
        }
    }

    private static void dump(Path classes, List<String> options, String classPath, Path archive)
            throws IOException, InterruptedException {
        Path made = archive.resolveSibling(archive.getFileName() + ".new");
        List<String> command = new ArrayList<>(List.of(
                Objects.requireNonNull(System.getenv("COPPICE_JAVA_HOME")) + "/bin/java",
                "-Xshare:dump",
                "-XX:+UseSerialGC",
                "-XX:SharedClassListFile=" + classes,
                "-XX:SharedArchiveFile=" + made));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath));
        Path said = classes.resolveSibling(archive.getFileName() + ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertTrue(process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS), "the dump does not end");
        assertEquals(0, process.exitValue(), () -> "see " + said);
        Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
    }
}
