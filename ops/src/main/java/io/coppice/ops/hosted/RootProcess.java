package io.coppice.ops.hosted;

import io.coppice.ops.view.ProcFileSystem;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code coppice run} as a child process of the command that hosts it, its output in a file. Any thread.
 *
 * <p>It has a session of its own: what a terminal or a shell sends to the command's process group does not reach it, and only
 * the command, or who cleans up after it, decides when it ends.
 */
public final class RootProcess {
    /** As the root holds its workers: a root whose host dies before it is on record never runs. */
    private static final String HELD = "read -r go && exec \"$@\" </dev/null";

    /** The daemon has 10 s for its shutdown; the root some more. */
    private static final int STOP_SECONDS = 20;

    private static final int TAIL_LINES = 12;

    private final Process process;
    private final Path log;

    private RootProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it, records it, lets it go. The shell and the launcher replace themselves by the root, so the pid is the root's.
     *
     * @param options of {@code coppice run}, beside the manifest and the instance
     */
    static RootProcess start(
            Path launcher, HostedFolder folder, String instance, List<String> options, ProcFileSystem processes)
            throws IOException {
        List<String> command = new ArrayList<>(List.of("setsid", "sh", "-c", HELD, "sh", launcher.toString()));
        command.addAll(List.of("run", "-f", folder.manifest().toString(), "--instance", instance));
        command.addAll(options);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.rootLog().toFile()))
                .start();
        try (OutputStream hold = process.getOutputStream()) {
            RootRecord.of(process, processes).write(folder.rootRecord());
            hold.write("go\n".getBytes(StandardCharsets.US_ASCII));
        }
        return new RootProcess(process, folder.rootLog());
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Kills it, and waits until it is dead. Its children live on. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Only once it is dead. */
    public int exitCode() {
        return process.exitValue();
    }

    /**
     * Asks it to stop everything in order, and waits.
     *
     * @return whether it did; if not, it was killed
     */
    public boolean stop() {
        return stop(process.toHandle()) && process.onExit().join().exitValue() == 0;
    }

    /**
     * Asks a root to stop everything in order, and waits.
     *
     * @return whether it ended by itself; if not, it was killed
     */
    static boolean stop(ProcessHandle root) {
        root.destroy();
        root.onExit().completeOnTimeout(root, STOP_SECONDS, TimeUnit.SECONDS).join();
        if (!root.isAlive()) {
            return true;
        }
        root.destroyForcibly();
        root.onExit().join();
        return false;
    }

    /** The last lines it printed. */
    public String lastLines() throws IOException {
        List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }
}
