package io.coppice.worker.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How many processes of this one's control group the kernel has killed for want of memory, where it tells (cgroup v2). */
final class OomKills {
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");
    private static final String UNIFIED = "0::/";
    private static final String COUNT = "oom_kill ";

    private final Path events;
    private long seen;

    /** Of this process's group. */
    OomKills() {
        this(eventsOf(Path.of("/proc/self/cgroup")));
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

    private static Path eventsOf(Path self) {
        String group = "";
        for (String line : linesOf(self)) {
            if (line.startsWith(UNIFIED)) {
                group = line.substring(UNIFIED.length());
            }
        }
        return GROUPS.resolve(group).resolve("memory.events");
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
