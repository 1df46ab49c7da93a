package io.coppice.supervisor.limits;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where this process may make control groups, as far as looking tells: below its own group of version 1, or of version 2 if that was
 * delegated to it. Immutable; nothing is made or changed by it.
 */
public final class ControlGroups {
    /**
     * The group below the delegated one in which a root itself is: of version 2, one that has groups with controllers below it has no
     * processes. By {@code DelegateSubgroup=} of a unit it starts there.
     */
    static final String ROOT_GROUP = "coppice-root";

    private static final String UNIFIED = "";
    private static final String DELEGATED = "delegate";
    private static final String SERVICE = ".service";

    /**
     * Where groups with a controller can be made.
     *
     * @param directory below which they are
     * @param unified of version 2
     */
    public record Place(Path directory, boolean unified) {}

    private final Map<Controller, Place> places = new EnumMap<>(Controller.class);
    private final Map<Controller, String> missing = new EnumMap<>(Controller.class);
    private final Path systemRoot;
    private final Predicate<Path> isDelegated;

    private ControlGroups(Path systemRoot, Predicate<Path> isDelegated) {
        this.systemRoot = systemRoot;
        this.isDelegated = isDelegated;
    }

    /** Of this process, on this machine. */
    public static ControlGroups ofThisProcess() {
        return of(Path.of("/"), ControlGroups::isMarkedAsDelegated);
    }

    /**
     * Of this process.
     *
     * @param systemRoot below which {@code /proc}, {@code /sys} and {@code /run} are: {@code /} but in tests
     */
    public static ControlGroups of(Path systemRoot) {
        return of(systemRoot, ControlGroups::isMarkedAsDelegated);
    }

    static ControlGroups of(Path systemRoot, Predicate<Path> isDelegated) {
        ControlGroups found = new ControlGroups(systemRoot, isDelegated);
        found.look();
        return found;
    }

    /** Where groups with this controller can be made; null if nowhere. */
    public @Nullable Place place(Controller controller) {
        return places.get(controller);
    }

    /** Why none can be made, in words that follow a colon; empty if they can. */
    public String whyNot(Controller controller) {
        return missing.getOrDefault(controller, "");
    }

    private void look() {
        List<String> own = lines("/proc/self/cgroup");
        List<String> mounts = lines("/proc/self/mountinfo");
        Delegation unified = null;
        for (Controller controller : Controller.values()) {
            String path = pathOf(own, controller.kernelName());
            if (path != null) {
                Path group = GroupMount.find(mounts, controller.kernelName(), path);
                lookAtVersion1(controller, group == null ? null : system(group));
                continue;
            }
            if (unified == null) {
                unified = delegation(pathOf(own, UNIFIED), mounts);
            }
            Path delegated = unified.directory();
            if (delegated == null) {
                missing.put(controller, unified.whyNot());
            } else if (words(delegated.resolve("cgroup.controllers")).contains(controller.kernelName())) {
                places.put(controller, new Place(delegated, true));
            } else {
                missing.put(
                        controller,
                        delegated + " has no controller `" + controller.kernelName()
                                + "`: the kernel lacks it, or whoever delegated that group kept it");
            }
        }
    }

    private void lookAtVersion1(Controller controller, @Nullable Path group) {
        if (group == null) {
            missing.put(controller, "its hierarchy of version 1 is not mounted here");
        } else if (Files.isWritable(group)) {
            places.put(controller, new Place(group, false));
        } else {
            missing.put(controller, "no group can be made in " + group + " (version 1): it is not writable here");
        }
    }

    /** @param whyNot in words if there is no directory */
    private record Delegation(@Nullable Path directory, String whyNot) {
        static Delegation none(String why) {
            return new Delegation(null, why);
        }
    }

    private Delegation delegation(@Nullable String path, List<String> mounts) {
        Path mounted = path == null ? null : GroupMount.find(mounts, null, path);
        if (mounted == null) {
            return Delegation.none("there are no control groups here");
        }
        Path own = system(mounted);
        boolean below = own.endsWith(ROOT_GROUP);
        Path group = below ? Objects.requireNonNull(own.getParent()) : own;
        boolean systemd = Files.isDirectory(system(Path.of("/run/systemd/system")));
        if (systemd && !isDelegated.test(group)) {
            return Delegation.none(group + " was not delegated (`Delegate=yes` of a unit of systemd does that)");
        }
        if (!Files.isWritable(group)
                || !Files.isWritable(group.resolve("cgroup.procs"))
                || !Files.isWritable(group.resolve("cgroup.subtree_control"))) {
            return Delegation.none("no group can be made in " + group + ": it is not writable here");
        }
        if (systemd && !below && group.toString().endsWith(SERVICE)) {
            // It could not put a process into a group that has groups with processes and controllers below it.
            return Delegation.none("systemd could not start the root again beside its children in " + group
                    + "; from systemd 254 on it can, by `DelegateSubgroup=" + ROOT_GROUP + "` of the unit");
        }
        return new Delegation(group, "");
    }

    /** The path that a process has in a hierarchy, a line of /proc/PID/cgroup being NUMBER:CONTROLLERS:PATH; null if it is in none. */
    static @Nullable String pathOf(List<String> cgroups, String controller) {
        for (String line : cgroups) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3 && List.of(parts[1].split(",", -1)).contains(controller)) {
                return parts[2];
            }
        }
        return null;
    }

    private List<String> lines(String absolute) {
        return read(system(Path.of(absolute))).lines().toList();
    }

    private static List<String> words(Path file) {
        return List.of(read(file).trim().split("\\s+"));
    }

    /** What may not be read is as good as absent. */
    static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private Path system(Path absolute) {
        return systemRoot.resolve(absolute.toString().substring(1));
    }

    /** The mark of systemd 251 and later. */
    private static boolean isMarkedAsDelegated(Path group) {
        UserDefinedFileAttributeView view = Files.getFileAttributeView(group, UserDefinedFileAttributeView.class);
        if (view == null) {
            return false;
        }
        try {
            ByteBuffer value = ByteBuffer.allocate(8);
            view.read(DELEGATED, value);
            return value.position() == 1 && value.get(0) == '1';
        } catch (IOException e) {
            return false; // There is no such mark.
        }
    }

    /** Finds the directory of a group by the mounts. */
    static final class GroupMount {
        private GroupMount() {}

        /**
         * Where a group is seen. In a container the mount shows a part of the hierarchy: a path outside of that is seen as its root.
         *
         * @param mounts lines of mountinfo: id, parent, device, root, mount point, options, …, "-", type, source, super options
         * @param controller of version 1; null for version 2
         * @return null if the hierarchy is not mounted
         */
        static @Nullable Path find(List<String> mounts, @Nullable String controller, String path) {
            for (String mount : mounts) {
                int separator = mount.indexOf(" - ");
                if (separator < 0) {
                    continue;
                }
                String[] left = mount.substring(0, separator).split(" ", -1);
                String[] right = mount.substring(separator + 3).split(" ", 3);
                if (left.length < 5 || right.length < 3) {
                    continue;
                }
                boolean found = controller == null
                        ? right[0].equals("cgroup2")
                        : right[0].equals("cgroup")
                                && List.of(right[2].split(",", -1)).contains(controller);
                if (found) {
                    return Path.of(unescaped(left[4]) + below(unescaped(left[3]), path))
                            .normalize();
                }
            }
            return null;
        }

        private static String below(String root, String path) {
            String below = root.equals("/")
                    ? path
                    : path.equals(root) || path.startsWith(root + "/") ? path.substring(root.length()) : "/";
            return below.contains("..") ? "/" : below.isEmpty() ? "/" : below;
        }

        private static String unescaped(String field) {
            return field.replace("\\040", " ")
                    .replace("\\011", "\t")
                    .replace("\\012", "\n")
                    .replace("\\134", "\\");
        }
    }

    /** All reasons, for people who want to know why something is not enforced. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        places.forEach((controller, place) -> parts.add(controller.key() + " in " + place.directory()));
        missing.forEach((controller, why) -> parts.add(controller.key() + " not: " + why));
        return String.join(", ", parts);
    }
}
