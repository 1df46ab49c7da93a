package io.coppice.ops.bench;

import io.coppice.ops.bench.job.Idle;
import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.view.InstanceBase;
import io.coppice.state.SegmentException;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.RootView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What a root at rest takes: two idle daemons and three commands, watched from outside through {@code /proc}. */
final class RootBench {
    private static final int WATCHDOG_SECONDS = 120;
    private static final long POLL_MS = 20;
    private static final int CHILDREN = 5;

    private RootBench() {}

    static void run(CoppiceCommand coppice, int seconds) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("coppice-bench");
        Process root = null;
        try {
            Path manifest = Files.writeString(directory.resolve("bench.yaml"), manifest());
            ProcessBuilder builder = new ProcessBuilder(
                            System.getProperty("coppice.launcher"), "run", "-f", manifest.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("root.log").toFile());
            builder.environment().put("COPPICE_HOME_DIR", directory.toString());
            builder.environment().put("COPPICE_ROOT_OPTIONS", "-Dcoppice.root.measure=true");
            root = builder.start();
            measure(
                    coppice,
                    root,
                    new InstanceBase(directory, "bench").instance("bench-root").rootSegment(),
                    seconds);
        } finally {
            if (root != null) {
                root.destroy();
                if (!root.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)) {
                    root.destroyForcibly();
                }
            }
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static String manifest() {
        String classes =
                Idle.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        return """
               instance: bench-root
               daemons:
                 one: {main: %1$s, classpath: ["%2$s"], jvm: {heap: 16MiB}}
                 two: {main: %1$s, classpath: ["%2$s"], jvm: {heap: 16MiB}}
                 three: {command: [sleep, "1000000"]}
                 four: {command: [sleep, "1000000"]}
                 five: {command: [sleep, "1000000"]}
               """.formatted(Idle.class.getName(), classes);
    }

    private static void measure(CoppiceCommand coppice, Process root, Path rootSegment, int seconds)
            throws IOException, InterruptedException {
        await(
                root,
                rootSegment,
                snapshot -> snapshot.children().stream()
                                .filter(child -> child.state() == ChildStateCode.READY)
                                .count()
                        == CHILDREN);
        // The first turns compile the code that the later ones run; the figures are of a root that has settled.
        long settled = await(
                                root,
                                rootSegment,
                                snapshot -> snapshot.root().orElseThrow().turns() > 0)
                        .root()
                        .orElseThrow()
                        .turns()
                + CHILDREN;
        RootSnapshot.RootInfo before = await(
                        root,
                        rootSegment,
                        snapshot -> snapshot.root().orElseThrow().turns() >= settled)
                .root()
                .orElseThrow();
        long switchesBefore = contextSwitches(root.pid());
        long beganNs = System.nanoTime();
        TimeUnit.SECONDS.sleep(seconds);
        double tookSeconds = (System.nanoTime() - beganNs) / 1e9;
        long switches = contextSwitches(root.pid()) - switchesBefore;
        RootSnapshot.RootInfo after =
                await(root, rootSegment, snapshot -> true).root().orElseThrow();
        long turns = after.turns() - before.turns();
        Figures figures = new Figures("A root at rest with two idle daemons and three commands");
        figures.number("turns of the duty cycle", turns / tookSeconds, "per second");
        figures.number(
                "allocated by the duty cycle",
                turns == 0 ? 0 : (after.allocatedBytes() - before.allocatedBytes()) / (double) turns,
                "bytes per turn");
        figures.number("context switches of all its threads", switches / tookSeconds, "per second");
        figures.number(
                "resident memory", statusNumber(Path.of("/proc/" + root.pid() + "/status"), "VmRSS:") / 1024.0, "MiB");
        figures.print(coppice);
    }

    private static RootSnapshot await(Process root, Path rootSegment, Predicate<RootSnapshot> condition)
            throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        while (System.nanoTime() < endNs && root.isAlive()) {
            try (RootView view = RootView.open(rootSegment)) {
                if (view.read() instanceof RootReadResult.Read read
                        && read.snapshot().root().isPresent()
                        && condition.test(read.snapshot())) {
                    return read.snapshot();
                }
            } catch (SegmentException e) {
                // Not made yet; the watchdog ends the wait if it never is.
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
        throw new CommandFailedException(ExitCode.FAILED, "bench: the root did not come to rest.");
    }

    private static long contextSwitches(long pid) throws IOException {
        long sum = 0;
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks.toList()) {
                sum += statusNumber(task.resolve("status"), "voluntary_ctxt_switches:");
            }
        }
        return sum;
    }

    private static long statusNumber(Path status, String field) throws IOException {
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith(field)) {
                return Long.parseLong(
                        line.substring(field.length()).replace("kB", "").strip());
            }
        }
        return 0;
    }
}
