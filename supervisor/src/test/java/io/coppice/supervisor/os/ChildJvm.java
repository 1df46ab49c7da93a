package io.coppice.supervisor.os;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Another JVM that runs a main class of the tests, with every signal at its default however the tests were started;
 * killed on {@link #close}.
 */
final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final List<String> said = new ArrayList<>();

    /** @param shell a line of shell that runs {@code "$@"}, the command, or empty */
    ChildJvm(Map<String, String> environment, String shell, Class<?> main, String... arguments) throws IOException {
        // A shell that starts the build in the background has it ignore SIGINT, nohup SIGHUP, and children inherit
        // that.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal"));
        if (!shell.isEmpty()) {
            command.addAll(List.of("sh", "-c", shell, "sh"));
        }
        command.addAll(command(main, arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("JAVA_TOOL") || name.startsWith("JDK_JAVA"));
        builder.environment().putAll(environment);
        process = builder.start();
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** What runs a main class of the tests in a small JVM. */
    static List<String> command(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath()));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    int pid() {
        return (int) process.pid();
    }

    /** The next line of its output, null at the end; a child that says nothing fails the test. */
    @Nullable
    String readLine() throws InterruptedException, ExecutionException {
        CompletableFuture<@Nullable String> line =
                CompletableFuture.supplyAsync(this::nextLine, task -> new Thread(task, "output of " + pid()).start());
        try {
            String next = line.get(Watchdog.TIMEOUT_MS, TimeUnit.MILLISECONDS);
            said.add(next == null ? "(end)" : next);
            return next;
        } catch (TimeoutException e) {
            throw new AssertionError(
                    "process " + pid() + " said nothing for " + Watchdog.TIMEOUT_MS + " ms; before: " + said, e);
        }
    }

    private @Nullable String nextLine() {
        try {
            return output.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int awaitExit() {
        try {
            return process.onExit()
                    .orTimeout(Watchdog.TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .join()
                    .exitValue();
        } catch (CompletionException e) {
            throw new AssertionError("process " + pid() + " does not end; it said: " + said, e);
        }
    }

    void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    @Override
    public void close() throws IOException {
        kill();
        process.getOutputStream().close();
        output.close();
    }
}
