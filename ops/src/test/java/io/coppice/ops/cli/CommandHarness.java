package io.coppice.ops.cli;

import io.coppice.ops.view.Clocks;
import io.coppice.ops.view.FakeProc;
import io.coppice.ops.view.InstanceBase;
import io.coppice.ops.view.InstanceDirectory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Calls commands in this process from a caller of our own: its directories, processes, clocks and terminal. */
final class CommandHarness {
    static final long NOW_EPOCH_MS = 1_795_252_500_000L; // 2026-11-21T09:15:00Z
    static final long NOW_NS = 5_000_000_000_000L;
    static final long UID = uid();

    final Path home;
    final Path workingDirectory;
    final FakeProc proc;
    final Map<String, String> environment = new TreeMap<>();
    /** Commands of other packages. */
    final SortedMap<String, Function<CoppiceCommand, Object>> commands = new TreeMap<>();

    Caller.OutputKind outKind = Caller.OutputKind.PIPE;
    String input = "";

    /** What the caller's monotonic clock shows; it stands still unless a test moves it. */
    volatile long nowNs = NOW_NS;

    PlanCompiler compiler = (manifest, instance, variables, jdk, scaled) -> {
        throw new AssertionError("not expected to compile");
    };

    CommandHarness(Path directory) throws IOException {
        home = Files.createDirectories(directory.resolve("home"));
        workingDirectory = Files.createDirectories(directory.resolve("here"));
        proc = new FakeProc(Files.createDirectories(directory.resolve("proc")));
        environment.put("COPPICE_HOME_DIR", home.toString());
    }

    InstanceDirectory instance(String name) throws IOException {
        InstanceDirectory instance = new InstanceBase(home, "test").instance(name);
        Files.createDirectories(instance.logDirectory());
        return instance;
    }

    /** Writes the lock file of a root, and its process if it lives. */
    InstanceDirectory instanceWithRoot(String name, long pid, boolean alive) throws IOException {
        InstanceDirectory instance = instance(name);
        Files.writeString(instance.rootLock(), pid + " " + pid * 10 + " " + (NOW_EPOCH_MS - 7_500_000) + "\n");
        if (alive) {
            proc.process(pid, 1, pid, 'S', pid * 10, "java", "-cp", "x", "io.coppice.ops.Main", "run");
        }
        return instance;
    }

    Result run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = run(out, err, args);
        return new Result(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    int run(OutputStream out, OutputStream err, String... args) {
        Caller caller = new Caller(
                Map.copyOf(environment),
                workingDirectory,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                out,
                outKind,
                err,
                proc.directory(),
                UID,
                new Clocks(() -> nowNs, () -> NOW_EPOCH_MS));
        CommandLineParts parts = new CommandLineParts(() -> compiler, commands);
        return new CoppiceCommandLine(caller, parts).run(args);
    }

    private static long uid() {
        try {
            return ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    record Result(int exitCode, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }

        /** The lines that tools read; fails loudly if anything was said on standard error. */
        Optional<String> quietLine() {
            if (!err.isEmpty()) {
                throw new AssertionError("standard error: " + err);
            }
            return out.lines().findFirst();
        }
    }
}
