package io.coppice.ops.system;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A control group of a test's own, with a limit of memory; beside the group of the test's JVM, or below it where groups may have processes and groups. */
final class MemoryGroup implements AutoCloseable {
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");
    private static final String NEEDS =
            "the kernel's OOM killer at work needs a control group of one's own, with a limit of memory: ";

    private final Path directory;
    private final List<Process> decoys = new ArrayList<>();

    private MemoryGroup(Path directory) {
        this.directory = directory;
    }

    /** Makes one; ends the test as one that cannot be run here, with the reason, where that is not possible. */
    static MemoryGroup of(long bytes) throws IOException {
        Path directory = GROUPS;
        String limit = "memory.max";
        for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
            String[] parts = line.split(":", 3);
            String path = parts[2].substring(1);
            if (List.of(parts[1].split(",")).contains("memory")) {
                directory = GROUPS.resolve("memory").resolve(path);
                limit = "memory.limit_in_bytes";
                break;
            }
            if (parts[1].isEmpty() && !path.isEmpty()) {
                directory = GROUPS.resolve(path).getParent();
            }
        }
        Path own = directory.resolve("coppice-test-" + ProcessHandle.current().pid());
        try {
            Files.createDirectory(own);
        } catch (IOException e) {
            return abort(NEEDS + e);
        }
        MemoryGroup group = new MemoryGroup(own);
        try {
            Files.writeString(own.resolve(limit), Long.toString(bytes));
            if (Files.exists(own.resolve("memory.swap.max"))) {
                Files.writeString(own.resolve("memory.swap.max"), "0");
            }
        } catch (IOException e) {
            group.close();
            return abort(NEEDS + e);
        }
        return group;
    }

    /**
     * Puts processes into it that the kernel takes first. For some milliseconds after a kill the group is still full, and the next one that wants
     * a page there has the kernel look for a second victim: that is one of these, and nobody whom the test is about.
     */
    void addDecoys(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            List<String> command = new ArrayList<>(entry());
            command.addAll(List.of("sh", "-c", "echo 1000 >/proc/self/oom_score_adj && exec sleep 900"));
            decoys.add(new ProcessBuilder(command).start());
        }
        Coppice.await("the decoys", () -> decoys.stream().allMatch(MemoryGroup::isFirst));
    }

    private static boolean isFirst(Process decoy) {
        try {
            return Files.readString(Path.of("/proc/" + decoy.pid() + "/oom_score_adj"))
                    .equals("1000\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What starts a program in it. */
    List<String> entry() {
        return List.of(
                "sh",
                "-c",
                "echo $$ >\"$0\" && exec \"$@\"",
                directory.resolve("cgroup.procs").toString());
    }

    /** All that ran in it must have been told to end. */
    @Override
    public void close() throws IOException {
        decoys.forEach(Process::destroyForcibly);
        try {
            Coppice.await("nobody in " + directory, () -> {
                try {
                    return Files.readString(directory.resolve("cgroup.procs")).isEmpty();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        Files.delete(directory);
    }
}
