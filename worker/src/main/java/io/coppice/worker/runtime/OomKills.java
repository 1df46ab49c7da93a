package io.coppice.worker.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How many processes of this one's control group the kernel has killed for want of memory, where it tells: in the unified hierarchy, or in that of the
 * memory controller (Linux 4.13 and later). Loop thread only.
 */
final class OomKills {
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");
    private static final String UNIFIED = "";
    private static final String MEMORY = "memory";
    private static final String COUNT = "oom_kill ";

    private final Path events;
    private long seen;

    /** Of this process's group. */
    OomKills() {
        this(Path.of("/proc/self/cgroup"), GROUPS);
    }

    /**
     * @param self what the kernel says of a process's groups
     * @param groups where their hierarchies are mounted
     */
    OomKills(Path self, Path groups) {
        this(eventsOf(self, groups));
    }

    OomKills(Path events) {
        this.events = events;
        this.seen = count();
    }

    /** How many since the last time, or since this was made. */
    long more() {
        long before = seen;
        seen = count();
        return Math.max(0, seen - before);
    }

    /** The memory controller is in one hierarchy only. A line is {@code NUMBER:CONTROLLERS:PATH}, of the unified one without controllers. */
    private static Path eventsOf(Path self, Path groups) {
        Path found = groups.resolve("memory.events");
        for (String line : linesOf(self)) {
            String[] parts = line.split(":", 3);
            if (parts.length != 3) {
                continue;
            }
            if (List.of(parts[1].split(",")).contains(MEMORY)) {
                return in(groups.resolve(MEMORY), parts[2], "memory.oom_control");
            }
            if (parts[1].equals(UNIFIED)) {
                found = in(groups, parts[2], "memory.events");
            }
        }
        return found;
    }

    /** In a container that has no namespace of groups the path is the host's, and what is mounted is the container's group. */
    private static Path in(Path hierarchy, String path, String file) {
        Path own =
                hierarchy.resolve(path.substring(path.startsWith("/") ? 1 : 0)).resolve(file);
        return Files.exists(own) ? own : hierarchy.resolve(file);
    }

    private long count() {
        for (String line : linesOf(events)) {
            if (line.startsWith(COUNT)) {
                try {
                    return Long.parseLong(line.substring(COUNT.length()).strip());
                } catch (NumberFormatException e) {
                    return 0; // A kernel that writes something else there tells nothing.
                }
            }
        }
        return 0;
    }

    private static List<String> linesOf(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return List.of(); // There is no such group, or no such file: nothing is told.
        }
    }
}
