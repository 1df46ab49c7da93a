package io.coppice.ops.view;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads {@code /proc}, bounded. A process that ends while it is read is simply not there; so is one whose files another
 * user hides. Any thread.
 */
public final class ProcFileSystem {
    /** A stat line is short: 52 numbers and a name of at most 64 bytes. */
    private static final int MAX_STAT_BYTES = 4096;
    /** What is shown of a command line; class paths may be longer. */
    private static final int MAX_COMMAND_BYTES = 16 * 1024;
    /** An environment and the arguments together are at most a quarter of the stack: 2 MiB. */
    private static final int MAX_ENVIRONMENT_BYTES = 2 << 20;
    /** Fields after the command's closing parenthesis, counted from 0: state is field 3 of proc(5). */
    private static final int STATE_FIELD = 0;

    private static final int PARENT_FIELD = 1;
    private static final int GROUP_FIELD = 2;
    private static final int START_TICKS_FIELD = 19;

    private final Path root;

    /** @param root {@code /proc}, or a directory that looks like it */
    public ProcFileSystem(Path root) {
        this.root = root;
    }

    /** The process, or empty if there is none or its file cannot be understood. */
    public Optional<ProcessStat> stat(long pid) {
        return pid <= 0
                ? Optional.empty()
                : read(root.resolve(Long.toString(pid)).resolve("stat"), MAX_STAT_BYTES)
                        .flatMap(line -> parse(pid, line));
    }

    /** Whether the very process that had this pid and start time still lives. */
    public boolean lives(long pid, long startTicks) {
        Optional<ProcessStat> stat = stat(pid);
        return stat.isPresent()
                && stat.get().startTicks() == startTicks
                && stat.get().alive();
    }

    /** Every process that can be read, in no order. */
    public List<ProcessStat> all() {
        List<ProcessStat> processes = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path entry : entries) {
                long pid = number(String.valueOf(entry.getFileName()));
                if (pid > 0) {
                    stat(pid).ifPresent(processes::add);
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            // Without /proc there is nothing to show beyond what the root recorded; callers say which processes they
            // miss.
            return processes;
        }
        return processes;
    }

    /** The command line with blanks between arguments, or {@code [name]} for what has none, or empty if it is gone. */
    public Optional<String> command(long pid) {
        Path directory = root.resolve(Long.toString(pid));
        Optional<String> line = read(directory.resolve("cmdline"), MAX_COMMAND_BYTES);
        if (line.isEmpty() || !line.get().isEmpty()) {
            return line.map(text -> text.endsWith("\0") ? text.substring(0, text.length() - 1) : text)
                    .map(text -> text.replace('\0', ' '));
        }
        return read(directory.resolve("comm"), MAX_STAT_BYTES).map(name -> "[" + name.strip() + "]");
    }

    /** The variables that a process was started with; empty if it is gone or we may not know. */
    public Optional<Map<String, String>> environment(long pid) {
        return read(root.resolve(pid + "/environ"), MAX_ENVIRONMENT_BYTES).map(text -> {
            Map<String, String> variables = new TreeMap<>();
            for (String entry : text.split("\0", -1)) {
                int equals = entry.indexOf('=');
                if (equals > 0) {
                    variables.put(entry.substring(0, equals), entry.substring(equals + 1));
                }
            }
            return variables;
        });
    }

    /** The JDK of a process that is a JVM; empty if it is none, is gone, or we may not know. */
    public Optional<Path> javaHome(long pid) {
        try {
            Path program = Files.readSymbolicLink(root.resolve(pid + "/exe"));
            return program.endsWith("bin/java")
                    ? Optional.ofNullable(program.getParent()).map(Path::getParent)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // The process is gone, which is an answer.
        }
    }

    /** The id of this boot, or empty where the kernel does not tell. */
    public Optional<String> bootId() {
        return read(root.resolve("sys/kernel/random/boot_id"), 64).map(String::strip);
    }

    private static Optional<ProcessStat> parse(long pid, String line) {
        // The name may hold blanks and parentheses, so fields are counted from the last closing one.
        int nameEnd = line.lastIndexOf(')');
        if (nameEnd < 0 || nameEnd + 2 >= line.length()) {
            return Optional.empty();
        }
        String rest = line.substring(nameEnd + 2);
        String state = field(rest, STATE_FIELD);
        long parent = number(field(rest, PARENT_FIELD));
        long group = Math.max(0, number(field(rest, GROUP_FIELD)));
        long startTicks = number(field(rest, START_TICKS_FIELD));
        return state.length() != 1 || parent < 0 || startTicks < 0
                ? Optional.empty()
                : Optional.of(new ProcessStat(pid, parent, group, state.charAt(0), startTicks));
    }

    private static String field(String line, int index) {
        int from = 0;
        for (int i = 0; i < index; i++) {
            int blank = line.indexOf(' ', from);
            if (blank < 0) {
                return "";
            }
            from = blank + 1;
        }
        int end = line.indexOf(' ', from);
        return end < 0 ? line.substring(from).strip() : line.substring(from, end);
    }

    /** The number, or -1 for what is none. */
    static long number(String text) {
        if (text.isEmpty() || text.length() > 19) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            value = value * 10 + (digit - '0');
        }
        return value;
    }

    private static Optional<String> read(Path file, int maxBytes) {
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(new String(in.readNBytes(maxBytes), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Optional.empty(); // The process is gone, which is an answer.
        }
    }
}
