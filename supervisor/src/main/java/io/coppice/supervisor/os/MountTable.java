package io.coppice.supervisor.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is mounted where, from /proc/self/mountinfo (proc_pid_mountinfo(5)). Any thread. */
final class MountTable {
    private static final int MOUNT_POINT_FIELD = 4;

    private MountTable() {}

    record Mount(String point, String fileSystem) {}

    /** The mount that a real path lies in. */
    static Mount mountOf(Path realPath) throws IOException {
        // Bytes as Latin-1: a mount point elsewhere need not be UTF-8, and must not fail the look-up.
        return mountOf(realPath, Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1));
    }

    static Mount mountOf(Path realPath, List<String> mountInfo) {
        String path = new String(realPath.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        String point = "/";
        String fileSystem = "unknown";
        for (String line : mountInfo) {
            String[] fields = line.split(" ", -1);
            int separator = List.of(fields).indexOf("-");
            if (separator < 0 || separator + 1 >= fields.length || fields.length <= MOUNT_POINT_FIELD) {
                continue;
            }
            String candidate = unescaped(fields[MOUNT_POINT_FIELD]);
            // Of two mounts on one point the later hides the earlier.
            if (contains(candidate, path) && candidate.length() >= point.length()) {
                point = candidate;
                fileSystem = fields[separator + 1];
            }
        }
        return new Mount(new String(point.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8), fileSystem);
    }

    private static boolean contains(String directory, String path) {
        return directory.equals("/") || path.equals(directory) || path.startsWith(directory + "/");
    }

    /** Undoes the kernel's escapes of space, tab, newline and backslash: a backslash and three octal digits. */
    private static String unescaped(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        StringBuilder text = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '\\' && i + 3 < field.length()) {
                text.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
