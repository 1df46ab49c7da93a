package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.ops.cli.Caller;
import io.coppice.ops.cli.CommandLineParts;
import io.coppice.ops.cli.CoppiceCommandLine;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.view.Clocks;
import io.coppice.ops.view.InstanceBase;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceReader;
import io.coppice.ops.view.InstanceStatus;
import io.coppice.ops.view.ProcFileSystem;
import io.coppice.ops.view.StatusJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * One test's own world: a directory with a manifest, an instance directory, and the commands run in it. Register it as an
 * extension of the test; it stops what still runs and removes the directory, unless the test failed.
 */
final class Coppice implements AfterTestExecutionCallback {
    /** A watchdog, not an expectation: a condition that is not met by then never will be. */
    private static final long WATCHDOG_SECONDS = 300;

    private static final long POLL_MS = 20;

    private static final long LONGEST_PAUSE_MS = 500;

    static final ProcFileSystem PROC = new ProcFileSystem(Path.of("/proc"));

    record Result(int exitCode, String out, String err) {}

    /** One row of {@code status --json}. */
    record Daemon(Map<String, @Nullable Object> fields) {
        String state() {
            return (String) Objects.requireNonNull(fields.get("state"));
        }

        String wanted() {
            return (String) Objects.requireNonNull(fields.get("wanted"));
        }

        long number(String field) {
            return (Long) Objects.requireNonNull(fields.get(field), field);
        }

        boolean isNull(String field) {
            return fields.containsKey(field) && fields.get(field) == null;
        }

        @SuppressWarnings("unchecked")
        Map<String, @Nullable Object> lastExit() {
            return (Map<String, @Nullable Object>) Objects.requireNonNull(fields.get("last_exit"), "last_exit");
        }
    }

    /** Of a root: launches standbys also where the tests beside it keep the processors busy. */
    static final String HASTY = "-Dcoppice.refill.starved.percent=100";

    /** And makes no start archives, unless a test is about them. */
    static final String ROOT_OPTIONS = HASTY + " -Dcoppice.archive.quiet.ms=3600000";

    final Path directory;
    private final Path world;
    private final Path home;
    private final List<Process> started = new ArrayList<>();
    private boolean sharingClasses = true;

    Coppice() {
        this(false);
    }

    /** @param apart whether instances are beside the directory and not in it, so that who is kept from them can make files in it */
    Coppice(boolean apart) {
        try {
            world = Files.createTempDirectory("coppice-test");
            directory = apart ? Files.createDirectory(world.resolve("work")) : world;
            home = world.resolve("home");
        } catch (IOException e) {
            throw new IllegalStateException("no temporary directory", e);
        }
    }

    Path home() {
        return home;
    }

    /** The names of the files of all instances. Archives are nobody's: they are made where a run took long enough, and stay. */
    List<String> fileNames() throws IOException {
        try (Stream<Path> files = Files.walk(home())) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(home().resolve(".archives")))
                    .map(file -> String.valueOf(file.getFileName()))
                    .toList();
        }
    }

    Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    /** For tests of starts: workers load their classes as they would in production. */
    Coppice sharingNoClasses() {
        sharingClasses = false;
        return this;
    }

    /**
     * A manifest in the test's directory; {@code $JAR} stands for the jar of the test daemons. Those with the heap that most tests give them live for seconds,
     * a quarter of which the second compiler would take, and a third the loading of classes.
     */
    Path manifest(String content) throws IOException {
        String options = sharingClasses
                ? "\"-XX:TieredStopAtLevel=1\", \"" + SharedClasses.optionOfWorkers() + "\""
                : "\"-XX:TieredStopAtLevel=1\"";
        return file(
                "coppice.yaml",
                content.replace("$JAR", DaemonJar.path().toString())
                        .replace("jvm: {heap: 16MiB}", "jvm: {heap: 16MiB, options: [" + options + "]}"));
    }

    /**
     * What a command that only looks says, by the same code in this process: most tests ask to learn what happened, and each JVM takes a second of a processor
     * that is shared. That the commands say it by themselves is for tests of the commands.
     */
    Result ask(String... arguments) {
        Map<String, String> environment = new TreeMap<>(System.getenv());
        environment.put("COPPICE_HOME_DIR", home().toString());
        environment.remove("COPPICE_INSTANCE");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Caller caller = new Caller(
                environment,
                directory,
                InputStream.nullInputStream(),
                out,
                Caller.OutputKind.PIPE,
                err,
                Path.of("/proc"),
                Caller.ofThisProcess().uid(),
                Clocks.system());
        CommandLineParts parts = new CommandLineParts(
                () -> {
                    throw new AssertionError("compiles a manifest: " + List.of(arguments));
                },
                new TreeMap<>());
        int exitCode = new CoppiceCommandLine(caller, parts).run(arguments);
        return new Result(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Runs a command to its end. */
    Result run(String... arguments) throws IOException, InterruptedException {
        return runIn(List.of(), arguments);
    }

    /** Runs a command to its end, by way of another program that starts it. */
    Result runIn(List<String> before, String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        Process process = start(before, out, err, arguments);
        if (!process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)) {
            fail(String.join(" ", arguments) + " does not end; " + Files.readString(err));
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    Process start(Path out, Path err, String... arguments) throws IOException {
        return start(List.of(), out, err, arguments);
    }

    /** Starts a command that leads a process group, as each does that a user types into a shell. */
    Process startInOwnGroup(String... arguments) throws IOException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        return start(List.of("setsid"), out, err, arguments);
    }

    /** Starts a command by way of another program that starts it. */
    Process startIn(List<String> before, String... arguments) throws IOException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        return start(before, out, err, arguments);
    }

    private Process start(List<String> before, Path out, Path err, String... arguments) throws IOException {
        // Whatever the shell that started the build has it ignore.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal"));
        command.addAll(before);
        command.add(launcher());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("COPPICE_HOME_DIR", home().toString());
        String rootOptions = arguments[0].equals("run") ? ROOT_OPTIONS : HASTY;
        builder.environment().put("COPPICE_ROOT_OPTIONS", rootOptions + " " + SharedClasses.optionOfRoots());
        builder.environment().remove("COPPICE_INSTANCE");
        builder.environment().remove("NO_COLOR");
        Process process = builder.start();
        started.add(process);
        return process;
    }

    static String launcher() {
        return Objects.requireNonNull(System.getProperty("coppice.launcher"), "run by `mvn verify`, after packaging");
    }

    /**
     * What {@code status --json} prints, by the same code in this process and without its command line. A wait looks many times, and a JVM for each look, or
     * only picocli's reflection, would take the CPU from what is waited for. That the command itself says the same is for tests of the command.
     */
    private Result look() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            List<InstanceDirectory> instances = new InstanceBase(home(), "this test's").instances();
            if (instances.size() != 1) {
                return new Result(ExitCode.NO_SUCH, "", "not one instance, but " + instances);
            }
            try (InstanceReader reader = new InstanceReader(instances.get(0), PROC, Clocks.system())) {
                InstanceStatus status = reader.read();
                StatusJson.write(status, out);
                return new Result(
                        status.readable() ? ExitCode.DONE : ExitCode.FAILED,
                        out.toString(StandardCharsets.UTF_8),
                        String.join("\n", status.problems()));
            }
        } catch (IOException | InternalError e) {
            return new Result(
                    ExitCode.FAILED, "", e.toString()); // InternalError: what is mapped was truncated meanwhile.
        }
    }

    /** After a look that was not enough: a moment, or longer after one that took long, so that who waits takes no more than a quarter of a processor. */
    static void pauseAfterLook(long beganNs, long atLeastMs) throws InterruptedException {
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs);
        TimeUnit.MILLISECONDS.sleep(Math.min(Math.max(atLeastMs, 3 * tookMs), LONGEST_PAUSE_MS));
    }

    /** Starts {@code run} of the manifest in the background. */
    Root startRoot(String... more) throws IOException {
        return startRootIn(List.of(), more);
    }

    /** The same by way of another program that starts it. */
    Root startRootIn(List<String> before, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("run"));
        arguments.addAll(List.of(more));
        Path err = Files.createTempFile(directory, "root", ".err");
        Path out = Files.createTempFile(directory, "root", ".out");
        return new Root(start(before, out, err, arguments.toArray(new String[0])), out, err);
    }

    final class Root {
        final Process process;
        private final Path out;
        private final Path err;

        Root(Process process, Path out, Path err) {
            this.process = process;
            this.out = out;
            this.err = err;
        }

        String stderr() throws IOException {
            return Files.readString(err);
        }

        String stdout() throws IOException {
            return Files.readString(out);
        }

        int awaitExit() throws InterruptedException, IOException {
            if (!process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)) {
                fail("the root does not end:\n" + stderr());
            }
            return process.exitValue();
        }

        /** SIGTERM, then its exit code. */
        int stop() throws InterruptedException, IOException {
            process.destroy();
            return awaitExit();
        }
    }

    @SuppressWarnings("unchecked")
    Map<String, @Nullable Object> status() throws IOException, InterruptedException {
        Result status = run("status", "--json");
        if (status.exitCode() != 0) {
            throw new AssertionError("status: exit " + status.exitCode() + ": " + status.err());
        }
        return (Map<String, @Nullable Object>) Objects.requireNonNull(Json.parse(status.out()));
    }

    /** A daemon's row now. */
    Daemon daemon(String name) {
        Result status = look();
        return rowOf(name, status)
                .orElseThrow(() -> new AssertionError(
                        "no row of " + name + " in exit " + status.exitCode() + ": " + status.out() + status.err()));
    }

    /** Empty while there is no table, or an empty one: a root that starts makes its segment before it has rows in it. */
    @SuppressWarnings("unchecked")
    private static Optional<Daemon> rowOf(String name, Result status) {
        if (status.exitCode() != 0) {
            return Optional.empty();
        }
        Map<String, @Nullable Object> table =
                (Map<String, @Nullable Object>) Objects.requireNonNull(Json.parse(status.out()));
        List<Map<String, @Nullable Object>> daemons =
                (List<Map<String, @Nullable Object>>) Objects.requireNonNull(table.get("daemons"));
        return daemons.stream()
                .filter(d -> name.equals(d.get("name")))
                .map(Daemon::new)
                .findFirst();
    }

    /** Waits until {@code status --json} shows a daemon as the condition wants it. */
    Daemon await(String name, Predicate<Daemon> condition) throws IOException, InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        long beganNs = System.nanoTime();
        Result last = look();
        while (System.nanoTime() < endNs) {
            Optional<Daemon> daemon = rowOf(name, last).filter(condition);
            if (daemon.isPresent()) {
                return daemon.get();
            }
            pauseAfterLook(beganNs, POLL_MS);
            beganNs = System.nanoTime();
            last = look();
        }
        return fail(name + " never came to be as expected; last status: " + last.out() + last.err() + "\nlog: "
                + log(name));
    }

    /** Waits until {@code status --json} shows this root, and not one that died before it, and it can be asked. */
    void awaitRoot(Root root) throws IOException, InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        String itself = "\"root\":{\"pid\":" + root.process.pid() + ",";
        long beganNs = System.nanoTime();
        Result last = look();
        while (!last.out().replace(" ", "").contains(itself) || !isAnyoneListening()) {
            if (System.nanoTime() > endNs || !root.process.isAlive()) {
                fail("no such root; last status: " + last.out() + last.err() + root.stderr());
            }
            pauseAfterLook(beganNs, POLL_MS);
            beganNs = System.nanoTime();
            last = look();
        }
    }

    /** At the control socket of the one instance that the test has: a root is on record before it listens. */
    private boolean isAnyoneListening() throws IOException {
        try (DirectoryStream<Path> instances = Files.newDirectoryStream(home(), "[!.]*")) {
            for (Path instance : instances) {
                try (SocketChannel client =
                        SocketChannel.open(UnixDomainSocketAddress.of(instance.resolve("control.sock")))) {
                    return client.isConnected();
                } catch (SocketException e) {
                    return false; // Not there yet, or one that a root has left that died.
                }
            }
        }
        return false;
    }

    Daemon awaitState(String name, String state) throws IOException, InterruptedException {
        return await(name, daemon -> daemon.state().equals(state));
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        long beganNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > endNs) {
                fail("never happened: " + what);
            }
            pauseAfterLook(beganNs, POLL_MS);
            beganNs = System.nanoTime();
        }
    }

    /** Waits until a daemon or command has written what the condition wants to its log. */
    String awaitLog(String daemon, Predicate<String> condition) throws IOException, InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        String log = log(daemon);
        while (!condition.test(log)) {
            if (System.nanoTime() > endNs) {
                fail(daemon + " never wrote what was expected; its log: " + log);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
            log = log(daemon);
        }
        return log;
    }

    /** The log of the one instance that the test has; empty before there is one. */
    String log(String daemon) throws IOException {
        try (DirectoryStream<Path> instances = Files.newDirectoryStream(home())) {
            for (Path instance : instances) {
                Path log = instance.resolve("logs").resolve(daemon + ".log");
                if (Files.exists(log)) {
                    return Files.readString(log, StandardCharsets.ISO_8859_1);
                }
            }
        } catch (NoSuchFileException e) {
            return "";
        }
        return "";
    }

    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Whether a process is there and no zombie: an orphan's body may wait for a first process that is slow to reap. */
    static boolean isAlive(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return state != 'Z' && state != 'X';
        } catch (IOException e) {
            return false;
        }
    }

    private List<ProcessHandle> ownProcesses() {
        return ProcessHandle.allProcesses().filter(this::isOwn).toList();
    }

    /** Whether a process was started by this test: its command line names the directory, or it works there. */
    private boolean isOwn(ProcessHandle process) {
        if (process.info().commandLine().orElse("").contains(world.toString())) {
            return true;
        }
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"))
                    .startsWith(world.toRealPath());
        } catch (IOException e) {
            return false; // It is dead, or another user's.
        }
    }

    @Override
    public void afterTestExecution(ExtensionContext context) throws Exception {
        // What the test started: first in order, then by force; children of a root that the test killed included.
        for (Process process : started) {
            process.destroy();
        }
        for (Process process : started) {
            if (!process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        for (List<ProcessHandle> left = ownProcesses(); !left.isEmpty(); left = ownProcesses()) {
            if (System.nanoTime() > endNs) {
                fail("not even SIGKILL ends " + left);
            }
            left.forEach(ProcessHandle::destroyForcibly);
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
        if (context.getExecutionException()
                .filter(end -> !(end instanceof TestAbortedException))
                .isPresent()) {
            System.err.println("artefacts of the failed test are kept in " + world);
            return;
        }
        try (Stream<Path> files = Files.walk(world)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
