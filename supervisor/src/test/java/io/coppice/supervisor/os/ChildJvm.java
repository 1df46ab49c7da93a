package io.coppice.supervisor.os;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Another JVM that runs a main class of the tests; killed on {@link #close}. */
final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    /** @param shell a line of shell that runs {@code "$@"}, the command, or empty */
    ChildJvm(Map<String, String> environment, String shell, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (!shell.isEmpty()) {
            command.addAll(List.of("sh", "-c", shell, "sh"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath()));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("JAVA_TOOL") || name.startsWith("JDK_JAVA"));
        builder.environment().putAll(environment);
        process = builder.start();
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    int pid() {
        return (int) process.pid();
    }

    /** Blocks; null at the end. A child that hangs is ended by the build's own limit. */
    String readLine() throws IOException {
        return output.readLine();
    }

    int awaitExit() {
        return process.onExit()
                .orTimeout(Watchdog.TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .join()
                .exitValue();
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
