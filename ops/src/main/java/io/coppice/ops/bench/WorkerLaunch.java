package io.coppice.ops.bench;

import io.coppice.ops.view.ProcFileSystem;
import io.coppice.supervisor.plan.ChildMark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the root started a daemon, so that something else can start the very same one.
 *
 * @param command with its arguments
 * @param environment without the mark by which a root knows its own children
 */
record WorkerLaunch(List<String> command, Map<String, String> environment) {
    private static final Path PROC = Path.of("/proc");

    /** Of a daemon that runs. */
    static WorkerLaunch of(long pid) throws IOException {
        String command = Files.readString(PROC.resolve(pid + "/cmdline"), StandardCharsets.UTF_8);
        Map<String, String> environment =
                new TreeMap<>(new ProcFileSystem(PROC).environment(pid).orElseThrow());
        environment.remove(ChildMark.VARIABLE);
        return new WorkerLaunch(List.of(command.split("\0", -1)).subList(0, count(command)), environment);
    }

    /** Whether its JVM was started with an archive that a root had made. */
    boolean isArchived() {
        return command.stream()
                .anyMatch(word -> word.startsWith("-XX:SharedArchiveFile=") || word.startsWith("-XX:AOTCache="));
    }

    /** Each argument ends with a zero byte. */
    private static int count(String command) {
        return (int) command.chars().filter(c -> c == 0).count();
    }

    /** The line on standard input by which a root lets the worker go on. */
    static String release(long incarnation) {
        return "go " + incarnation + " none 0 - 0\n";
    }

    /** What starts a program in that environment, its output in a file. */
    ProcessBuilder builder(List<String> program, Path log) {
        ProcessBuilder builder = new ProcessBuilder(program)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder;
    }
}
