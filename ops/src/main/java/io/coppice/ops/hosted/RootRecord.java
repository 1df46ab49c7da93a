package io.coppice.ops.hosted;

import io.coppice.ops.view.ProcFileSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which process the root of a hosted instance is: one line {@code PID STARTTICKS} of a file in its folder. It is written while the
 * root is held, so whoever finds the folder knows of every root that ever ran for it.
 *
 * @param startTicks its start time in ticks since boot, which with the pid is its identity
 */
record RootRecord(long pid, long startTicks) {
    private static final Pattern LINE = Pattern.compile("([0-9]{1,9}) ([0-9]{1,18})\n");

    /**
     * Of a process that is just started.
     *
     * @throws IOException if it is gone already, or {@code /proc} does not show it
     */
    static RootRecord of(Process process, ProcFileSystem processes) throws IOException {
        return processes
                .stat(process.pid())
                .map(stat -> new RootRecord(stat.pid(), stat.startTicks()))
                .orElseThrow(() -> new IOException("the root, pid " + process.pid() + ", ended at once"));
    }

    void write(Path file) throws IOException {
        Files.writeString(file, pid + " " + startTicks + "\n", StandardCharsets.US_ASCII);
    }

    /** What was written; empty if nothing was, or only a part: then that root was never let go. */
    static Optional<RootRecord> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Matcher line = LINE.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        return line.matches()
                ? Optional.of(new RootRecord(Long.parseLong(line.group(1)), Long.parseLong(line.group(2))))
                : Optional.empty();
    }

    /** The process, if it lives. */
    Optional<ProcessHandle> process(ProcFileSystem processes) {
        return ProcessHandle.of(pid).filter(handle -> processes.lives(pid, startTicks));
    }
}
