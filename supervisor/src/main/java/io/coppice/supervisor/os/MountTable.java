package io.coppice.supervisor.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What is mounted where, as it was read, from /proc/self/mountinfo (proc_pid_mountinfo(5)). Immutable; any thread. */
public final class MountTable {
    private static final int DEVICE_FIELD = 2;
    private static final int ROOT_FIELD = 3;
    private static final int MOUNT_POINT_FIELD = 4;
    private static final Path TOP = Path.of("/");
    private static final Mount UNKNOWN = new Mount("", TOP, TOP, "unknown");

    private final List<Mount> mounts;

    private MountTable(List<Mount> mounts) {
        this.mounts = mounts;
    }

    /**
     * One mount.
     *
     * @param device which file system it is, {@code MAJOR:MINOR}: the same for all mounts of one
     * @param root what of that file system is shown: {@code /} but for bind mounts, subvolumes and control groups
     * @param point where
     * @param fileSystem its type
     */
    public record Mount(String device, Path root, Path point, String fileSystem) {
        /** Whether this and another one show parts of one file system. */
        public boolean isOfTheSame(Mount other) {
            return device.equals(other.device);
        }
    }

    /** Of this process, as it is now. */
    public static MountTable read() throws IOException {
        // Bytes as Latin-1: a mount point elsewhere need not be UTF-8, and must not fail the look-up.
        return of(Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1));
    }

    static MountTable of(List<String> mountInfo) {
        List<Mount> mounts = new ArrayList<>();
        for (String line : mountInfo) {
            String[] fields = line.split(" ", -1);
            int separator = List.of(fields).indexOf("-");
            if (separator < 0 || separator + 1 >= fields.length || fields.length <= MOUNT_POINT_FIELD) {
                continue;
            }
            try {
                mounts.add(new Mount(
                        fields[DEVICE_FIELD],
                        path(fields[ROOT_FIELD]),
                        path(fields[MOUNT_POINT_FIELD]),
                        fields[separator + 1]));
            } catch (InvalidPathException e) {
                // Nobody can have told us of a path there, as we cannot even name it in this locale.
            }
        }
        return new MountTable(List.copyOf(mounts));
    }

    private static Path path(String field) {
        return Path.of(new String(unescaped(field).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
    }

    /** All, also those that a later one hides. */
    public List<Mount> mounts() {
        return mounts;
    }

    /** The mount that a real path lies in. */
    public Mount mountOf(Path realPath) {
        Mount innermost = UNKNOWN;
        for (Mount mount : mounts) {
            // Of two mounts on one point the later hides the earlier.
            if (realPath.startsWith(mount.point())
                    && mount.point().getNameCount() >= innermost.point().getNameCount()) {
                innermost = mount;
            }
        }
        return innermost;
    }

    /**
     * By which other paths a file can be reached, with all that is in it if it is a directory: where its file system is mounted once more, with
     * more of it or with a part of what it holds. Neither an overlay nor a network file system that shows the same files is known.
     *
     * @param realPath which need not be there
     */
    public Set<Path> aliases(Path realPath) {
        Mount own = mountOf(realPath);
        Path inside = own.root().resolve(own.point().relativize(realPath)).normalize();
        Set<Path> aliases = new TreeSet<>();
        for (Mount mount : mounts) {
            if (mount == own || !mount.isOfTheSame(own)) {
                continue;
            }
            if (inside.startsWith(mount.root())) {
                Path alias =
                        mount.point().resolve(mount.root().relativize(inside)).normalize();
                if (mountOf(alias) == mount) {
                    aliases.add(alias);
                }
            } else if (mount.root().startsWith(inside) && mountOf(mount.point()) == mount) {
                aliases.add(mount.point());
            }
        }
        return aliases;
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
