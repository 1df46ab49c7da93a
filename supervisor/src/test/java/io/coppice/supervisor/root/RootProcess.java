package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.SegmentException;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.RootView;
import io.coppice.state.root.StandbyRecord;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.os.SignalNumbers;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlans;
import io.coppice.supervisor.plan.ControlAccess;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import io.coppice.supervisor.plan.Shutdown;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A real root JVM of plain commands, for tests of this module; it is gone when the test is over. */
final class RootProcess implements AutoCloseable {
    /** A watchdog: what has not happened by then never will. */
    static final long WATCHDOG_SECONDS = 60;

    final Path directory;
    final Process process;
    private final Path stderr;

    private RootProcess(Path directory, Process process, Path stderr) {
        this.directory = directory;
        this.process = process;
        this.stderr = stderr;
    }

    static RootProcess start(Path base, ChildPlan... children) throws IOException {
        return start(base, RootMain.class, List.of(), children);
    }

    /** A root that others may ask. */
    static RootProcess start(Path base, ControlAccess access, ChildPlan... children) throws IOException {
        return start(
                base,
                List.of(),
                RootMain.class,
                List.of(),
                ProcessBuilder.Redirect.DISCARD,
                Isolation.MAPPING,
                access,
                children);
    }

    static RootProcess start(Path base, Class<?> main, List<String> arguments, ChildPlan... children)
            throws IOException {
        return start(base, List.of(), main, arguments, ProcessBuilder.Redirect.DISCARD, children);
    }

    /**
     * A root in surroundings of its own.
     *
     * @param under the words of a program that executes what follows them, such as {@code prlimit}; its pid must become
     *     the root's
     */
    static RootProcess startUnder(Path base, List<String> under, ChildPlan... children) throws IOException {
        return start(base, under, RootMain.class, List.of(), ProcessBuilder.Redirect.DISCARD, children);
    }

    /** The same with workers that are kept from each other so, which is not {@link Isolation#USER}. */
    static RootProcess startUnder(Path base, List<String> under, Isolation isolation, ChildPlan... children)
            throws IOException {
        return start(
                base,
                under,
                RootMain.class,
                List.of(),
                ProcessBuilder.Redirect.DISCARD,
                isolation,
                ControlAccess.OWN_USER,
                children);
    }

    /** As {@link #startUnder} a program that mounts something: the root's files are seen through its own mounts. */
    static RootProcess startInOwnMounts(Path base, List<String> under, ChildPlan... children) throws IOException {
        RootProcess started = startUnder(base, under, children);
        Path seen = Path.of("/proc/" + started.process.pid() + "/root" + started.directory);
        return new RootProcess(seen, started.process, started.stderr);
    }

    private static RootProcess start(
            Path base,
            List<String> under,
            Class<?> main,
            List<String> arguments,
            ProcessBuilder.Redirect output,
            ChildPlan... children)
            throws IOException {
        return start(base, under, main, arguments, output, Isolation.MAPPING, ControlAccess.OWN_USER, children);
    }

    private static RootProcess start(
            Path base,
            List<String> under,
            Class<?> main,
            List<String> arguments,
            ProcessBuilder.Redirect output,
            Isolation isolation,
            ControlAccess access,
            ChildPlan... children)
            throws IOException {
        Path directory = base.resolve("test");
        Plan plan = new Plan(
                "test",
                "/test.yaml",
                directory.toString(),
                directory.toString(),
                isolation,
                0,
                access,
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(children));
        Path stdin = Files.writeString(Files.createTempFile(base, "plan", ".txt"), PlanText.write(plan));
        Path stderr = Files.createTempFile(base, "root", ".err");
        List<String> command = new ArrayList<>(under);
        command.addAll(List.of(
                // Whatever the shell that started the build has it ignore.
                "env",
                "--default-signal",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // Standbys are launched also where the tests beside this one keep the processors busy.
                "-Dcoppice.refill.starved.percent=100",
                "--add-exports",
                "java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-exports",
                "java.base/jdk.internal.ref=ALL-UNNAMED",
                "-Dbackground.releaser=false",
                "-Dsystem.properties=/dev/null",
                "-cp",
                ClassPath.ofJars(),
                main.getName(),
                "--plan-fd",
                "0"));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectInput(stdin.toFile())
                .redirectOutput(output)
                .redirectError(stderr.toFile())
                .start();
        return new RootProcess(directory, process, stderr);
    }

    /** A plain command run by {@code sh}, restarted at once whenever it fails. */
    static ChildPlan command(String name, Path workingDirectory, String script, Dependency... dependsOn) {
        return command(name, workingDirectory, script, -1, Backoff.NONE, dependsOn);
    }

    static ChildPlan command(
            String name,
            Path workingDirectory,
            String script,
            int maxRestarts,
            Backoff backoff,
            Dependency... dependsOn) {
        TreeMap<String, String> environment = new TreeMap<>();
        environment.put("PATH", "/usr/bin:/bin");
        return ChildPlans.command(name)
                .argv(List.of("/bin/sh", "-c", script))
                .environment(environment)
                .workingDirectory(workingDirectory.toString())
                .maxRestarts(maxRestarts)
                .backoff(backoff)
                .dependsOn(List.of(dependsOn))
                .plan();
    }

    /** The same, killed if it has not ended so long after its signal. */
    static ChildPlan killedAfter(long timeoutMs, ChildPlan plan) {
        return plan.toBuilder().shutdown(Shutdown.bySignal("TERM", timeoutMs)).plan();
    }

    String stderr() throws IOException {
        return Files.readString(stderr);
    }

    /** The child's row, once it is as the condition wants it. */
    RootSnapshot.ChildInfo await(String child, Predicate<RootSnapshot.ChildInfo> condition)
            throws IOException, InterruptedException {
        return awaitSnapshot(
                        child + " as expected",
                        snapshot -> snapshot.child(child).filter(condition).isPresent())
                .child(child)
                .orElseThrow();
    }

    RootSnapshot awaitSnapshot(String what, Predicate<RootSnapshot> condition)
            throws IOException, InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        RootSnapshot last = null;
        for (long lookedNs = System.nanoTime(); lookedNs < endNs; lookedNs = System.nanoTime()) {
            if (Files.exists(directory.resolve("root.seg"))) {
                try (RootView view = RootView.open(directory.resolve("root.seg"))) {
                    if (view.read() instanceof RootReadResult.Read read) {
                        last = read.snapshot();
                        if (condition.test(last)) {
                            return last;
                        }
                    }
                } catch (SegmentException e) {
                    fail(e);
                }
            } else if (!process.isAlive()) {
                break;
            }
            pauseAfter(lookedNs);
        }
        return fail("never: " + what + "; last: " + last + "\n" + stderr());
    }

    /** For what no root segment shows. */
    void awaitCondition(String what, BooleanSupplier condition) throws IOException, InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        while (true) {
            long lookedNs = System.nanoTime();
            if (condition.getAsBoolean()) {
                return;
            }
            if (lookedNs > endNs) {
                fail("never: " + what + "\n" + stderr());
            }
            pauseAfter(lookedNs);
        }
    }

    /** The longer, the more a look costs: what is waited for needs the processors. */
    private static void pauseAfter(long lookedNs) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(Math.max(2_000_000, 10 * (System.nanoTime() - lookedNs)));
    }

    /** The first event of this type whose text has that part, once it is there. */
    RootSnapshot.EventInfo awaitEvent(EventType type, String part) throws IOException, InterruptedException {
        return awaitSnapshot(
                        "an event " + type.word() + " with `" + part + "`",
                        snapshot -> events(snapshot, type, part).findAny().isPresent())
                .events()
                .stream()
                .filter(event -> event.type() == type && event.text().contains(part))
                .findFirst()
                .orElseThrow();
    }

    static Stream<RootSnapshot.EventInfo> events(RootSnapshot snapshot, EventType type, String part) {
        return snapshot.events().stream()
                .filter(event -> event.type() == type && event.text().contains(part));
    }

    String request(String line) throws IOException {
        try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.connect(UnixDomainSocketAddress.of(directory.resolve("control.sock")));
            socket.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            return readAll(socket);
        }
    }

    static String readAll(SocketChannel socket) throws IOException {
        ByteBuffer reply = ByteBuffer.allocate(4096);
        while (socket.read(reply) >= 0 && reply.hasRemaining()) {
            // until the root hangs up
        }
        return new String(reply.array(), 0, reply.position(), StandardCharsets.UTF_8);
    }

    /** Stops the root (SIGSTOP), and returns once none of its threads runs: that is some time after {@code kill} has. */
    void pause() throws IOException, InterruptedException {
        signal("STOP");
        awaitCondition("every thread of the root is stopped", this::isPaused);
    }

    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        assertEquals(0, status, "kill -" + name);
    }

    private boolean isPaused() {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + process.pid() + "/task"))) {
            for (Path thread : threads) {
                String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false; // A thread ended while it was looked at.
        }
    }

    int awaitExit() throws InterruptedException, IOException {
        if (!process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)) {
            fail("the root does not end:\n" + stderr());
        }
        return process.exitValue();
    }

    int stop() throws InterruptedException, IOException {
        process.destroy();
        return awaitExit();
    }

    /** Whether a file has a whole line: it is there before the shell that made it has written to it. */
    static boolean hasLine(Path file) {
        try {
            return Files.exists(file) && Files.readString(file).endsWith("\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    @Override
    public void close() throws IOException {
        process.destroy();
        boolean ended = endsInTime();
        if (!ended) {
            process.destroyForcibly();
            process.onExit().join();
        }
        // Children of a root that the test killed: their identity is in the root segment.
        if (Files.exists(directory.resolve("root.seg"))) {
            try (RootView view = RootView.open(directory.resolve("root.seg"))) {
                if (view.read() instanceof RootReadResult.Read read
                        && read.snapshot()
                                .root()
                                .filter(r -> r.pid() == process.pid())
                                .isPresent()) {
                    for (RootSnapshot.ChildInfo child : read.snapshot().children()) {
                        killGroup(child);
                    }
                }
            } catch (SegmentException e) {
                fail(e);
            }
        }
        if (!ended) {
            throw new IllegalStateException("the root did not end:\n" + stderr());
        }
    }

    private boolean endsInTime() {
        try {
            process.onExit().orTimeout(WATCHDOG_SECONDS, TimeUnit.SECONDS).join();
            return true;
        } catch (CompletionException e) {
            return false;
        }
    }

    /** The child as the root had it on record, not another process that has its number now; and what it started. */
    private static void killGroup(RootSnapshot.ChildInfo child) throws IOException {
        killGroup(child.pid(), child.startTicks());
        for (StandbyRecord standby : child.standbys()) {
            killGroup(standby.pid(), standby.startTicks());
        }
    }

    private static void killGroup(long pid, long startTicks) throws IOException {
        ProcessTable processes = new ProcessTable();
        try {
            if (pid > 1 && processes.startTicks((int) pid) == startTicks) {
                processes.signalGroup((int) pid, SignalNumbers.of("KILL"));
            }
        } catch (OsException e) {
            throw new IOException(e);
        }
    }
}
