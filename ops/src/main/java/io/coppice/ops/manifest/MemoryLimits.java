package io.coppice.ops.manifest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How much memory this process and its children may take: that of the machine, and the limit of every memory cgroup from
 * the own one up to the root of the hierarchy, in version 1 and in version 2.
 */
final class MemoryLimits {
    /** Version 1 writes "no limit" as the largest long that is a multiple of the page size. */
    private static final long NO_LIMIT = 1L << 62;

    private static final Pattern MEM_TOTAL = Pattern.compile("(?m)^MemTotal:\\s+([0-9]{1,15}) kB$");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");

    private final Surroundings surroundings;
    private final List<Found> found = new ArrayList<>();

    private MemoryLimits(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** One limit: what it limits, the file that says so, and the number. */
    record Found(String what, String where, long bytes) {}

    /** All limits that could be found; what a machine does not have does not limit. */
    static List<Found> of(Surroundings surroundings) {
        MemoryLimits limits = new MemoryLimits(surroundings);
        limits.addMachine();
        limits.addCgroups();
        return List.copyOf(limits.found);
    }

    private void addMachine() {
        String meminfo = read("/proc/meminfo");
        Matcher matcher = MEM_TOTAL.matcher(meminfo == null ? "" : meminfo);
        if (matcher.find()) {
            found.add(new Found(
                    "memory of this machine", "MemTotal in /proc/meminfo", Long.parseLong(matcher.group(1)) * 1024));
        }
    }

    private void addCgroups() {
        String own = read("/proc/self/cgroup");
        String mounts = read("/proc/self/mountinfo");
        if (own == null || mounts == null) {
            return;
        }
        for (String line : own.split("\n", -1)) {
            String[] parts = line.split(":", 3);
            if (parts.length < 3) {
                continue;
            }
            boolean version2 = parts[0].equals("0") && parts[1].isEmpty();
            if (version2 || List.of(parts[1].split(",", -1)).contains("memory")) {
                String file = version2 ? "memory.max" : "memory.limit_in_bytes";
                for (String mount : mounts.split("\n", -1)) {
                    addHierarchy(mount, version2, parts[2], file);
                }
            }
        }
    }

    /** A line of mountinfo: id, parent, device, root, mount point, options, …, "-", type, source, super options. */
    private void addHierarchy(String mount, boolean version2, String ownPath, String file) {
        int separator = mount.indexOf(" - ");
        if (separator < 0) {
            return;
        }
        String[] left = mount.substring(0, separator).split(" ", -1);
        String[] right = mount.substring(separator + 3).split(" ", 3);
        if (left.length < 5
                || right.length < 3
                || !right[0].equals(version2 ? "cgroup2" : "cgroup")
                || (!version2 && !List.of(right[2].split(",", -1)).contains("memory"))) {
            return;
        }
        String root = unescaped(left[3]);
        String top = unescaped(left[4]);
        // In a container the mount shows a part of the hierarchy: paths outside it are seen as its root.
        String below = root.equals("/")
                ? ownPath
                : ownPath.equals(root) || ownPath.startsWith(root + "/") ? ownPath.substring(root.length()) : "/";
        if (below.contains("..")) {
            below = "/";
        }
        for (String path = below.equals("/") ? "" : below;
                ;
                path = path.substring(0, Math.max(0, path.lastIndexOf('/')))) {
            addLimit(top + path + "/" + file);
            if (path.isEmpty()) {
                break;
            }
        }
    }

    private void addLimit(String file) {
        String text = read(file);
        if (text == null || !NUMBER.matcher(text.trim()).matches()) {
            return; // "max", or the hierarchy has no memory controller here.
        }
        long bytes;
        try {
            bytes = Long.parseLong(text.trim());
        } catch (NumberFormatException e) {
            return; // More than a long holds limits nothing.
        }
        if (bytes < NO_LIMIT) {
            found.add(new Found("memory of the cgroup", file, bytes));
        }
    }

    private @Nullable String read(String file) {
        Path path = surroundings.system(file);
        try {
            return Files.isRegularFile(path) ? new String(Files.readAllBytes(path), StandardCharsets.UTF_8) : null;
        } catch (IOException e) {
            return null; // What may not be read is taken as absent: a limit cannot be told without its number.
        }
    }

    private static String unescaped(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
