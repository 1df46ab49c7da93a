package io.coppice.ops.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code coppice run} as a child process of the demo, its output in a file. Any thread. */
final class RootProcess {
    /** The daemon has 10 s for its shutdown; the root some more. */
    private static final int STOP_SECONDS = 20;

    private static final int TAIL_LINES = 12;

    private final Process process;
    private final Path log;

    private RootProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts it. The launcher replaces itself by the root, so the pid is the root's. */
    static RootProcess start(Path launcher, DemoFolder folder, String instance) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                launcher.toString(), "run", "-f", folder.manifest().toString(), "--instance", instance, "--fresh"));
        builder.redirectErrorStream(true);
        builder.redirectOutput(folder.rootLog().toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        return new RootProcess(builder.start(), folder.rootLog());
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Only once it is dead. */
    int exitCode() {
        return process.exitValue();
    }

    /**
     * Asks it to stop everything in order, and waits.
     *
     * @return whether it ended by itself; if not, it was killed
     */
    boolean stop() {
        process.destroy();
        if (awaitExit()) {
            return true;
        }
        process.destroyForcibly();
        awaitExit();
        return false;
    }

    private boolean awaitExit() {
        boolean interrupted = false;
        try {
            long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
            while (true) {
                try {
                    return process.waitFor(untilNs - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true; // The process must not be left behind; whoever interrupts is told afterwards.
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The last lines it printed. */
    String lastLines() throws IOException {
        List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }
}
