package io.coppice.supervisor.limits;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Limits;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The control groups of one instance: below the root's own group one for the instance, and below that one for each process with limits.
 * What a root that died has left is found again, also below the group in which that one was.
 *
 * <p>{@link #prepare} on any thread that may block, one at a time; all else on the duty cycle's, before it for the first time or after.
 */
public final class GroupTree {
    private static final int ROUNDS = 5;
    private static final int HASH_DIGITS = 8;
    private static final String CONTROL = "cgroup.subtree_control";
    private static final String PROCESSES = "cgroup.procs";

    /** Which all groups of version 2 have but the first. */
    private static final String EVENTS = "cgroup.events";

    private final String name;
    private final LimitRecord record;
    private final Path systemRoot;
    private final ControlGroups found;
    private final Set<Path> earlierBases;

    /** By controller, where this root makes groups; empty before {@link #prepare}. */
    private volatile Map<Controller, ControlGroups.Place> bases = Map.of();

    private volatile Map<Controller, String> missing = Map.of();

    /** @param directory of the instance, in which the record is */
    public GroupTree(String instance, Path directory) {
        this(instance, directory, Path.of("/"), ControlGroups.ofThisProcess());
    }

    GroupTree(String instance, Path directory, Path systemRoot, ControlGroups found) {
        // Of two instances with one name, in different directories, neither is to take the other's for its own.
        this.name = "coppice-" + instance + "-" + hash(directory.toString());
        this.record = new LimitRecord(directory);
        this.systemRoot = systemRoot;
        this.found = found;
        this.earlierBases = new LinkedHashSet<>();
        for (Path base : record.bases()) {
            if (base.endsWith(name) && Files.isDirectory(base)) {
                earlierBases.add(base);
            }
        }
    }

    /** Makes what is needed before a group can be made, once; records what is enforced. Blocks for a moment. */
    public synchronized void prepare() throws IOException {
        if (!missing.isEmpty() || !bases.isEmpty()) {
            return;
        }
        Map<Controller, ControlGroups.Place> usable = new EnumMap<>(Controller.class);
        Map<Controller, String> lacking = new EnumMap<>(Controller.class);
        for (Controller controller : Controller.values()) {
            ControlGroups.Place place = found.place(controller);
            if (place == null) {
                lacking.put(controller, found.whyNot(controller));
                continue;
            }
            try {
                Path base = place.directory().resolve(name);
                if (place.unified()) {
                    enterRootGroup(place.directory());
                    enable(controller, place.directory());
                    makeDirectory(base);
                    enable(controller, base);
                } else {
                    makeDirectory(base);
                }
                usable.put(controller, new ControlGroups.Place(base, place.unified()));
            } catch (IOException e) {
                lacking.put(controller, String.valueOf(e.getMessage()));
            }
        }
        missing = lacking;
        bases = usable;
        record.write(this);
    }

    /** A group of version 2 that passes controllers on has no processes of its own; but the first of all, of whose processes some cannot be moved. */
    private static void enterRootGroup(Path delegated) throws IOException {
        if (!Files.exists(delegated.resolve(EVENTS))) {
            return;
        }
        Path processes = delegated.resolve(PROCESSES);
        for (int i = 0; i < ROUNDS; i++) {
            List<String> pids = ControlGroups.read(processes).lines().toList();
            if (pids.isEmpty()) {
                return;
            }
            Path own = delegated.resolve(ControlGroups.ROOT_GROUP);
            makeDirectory(own);
            for (String pid : pids) {
                try {
                    write(own.resolve(PROCESSES), pid);
                } catch (IOException e) {
                    if (Files.exists(Path.of("/proc", pid))) {
                        throw e;
                    }
                }
            }
        }
    }

    private static void enable(Controller controller, Path group) throws IOException {
        Path control = group.resolve(CONTROL);
        if (!List.of(ControlGroups.read(control).strip().split(" ")).contains(controller.kernelName())) {
            write(control, "+" + controller.kernelName());
        }
    }

    private static void makeDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectory(directory);
        }
    }

    private static void write(Path file, String text) throws IOException {
        try {
            Files.write(file, text.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException("the kernel does not take `" + text + "` in " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * The group of a process that is to be launched, which has none yet.
     *
     * @param groupName never used before
     * @return null if none of its limits is enforced by one
     */
    public @Nullable ProcessGroup group(String groupName, Limits limits) {
        Map<Controller, ControlGroups.Place> needed = new EnumMap<>(Controller.class);
        bases.forEach((controller, base) -> {
            if (controller.of(limits) > 0) {
                needed.put(controller, base);
            }
        });
        if (needed.isEmpty()) {
            return null;
        }
        ControlGroups.Place tasks = bases.get(Controller.TASKS);
        if (tasks != null) {
            needed.put(Controller.TASKS, tasks); // It is killed by that one.
        }
        return new ProcessGroup(groupName, needed);
    }

    /** By what a limit of a child is enforced, as of {@link #prepare}. */
    public Enforcement enforcement(Controller controller, ChildPlan.Kind kind) {
        ControlGroups.Place base = bases.get(controller);
        return base == null
                ? Enforcement.withoutGroup(controller, kind)
                : base.unified() ? Enforcement.CGROUP2 : Enforcement.CGROUP1;
    }

    /** Why no group enforces it, in words that follow a colon; empty if one does. */
    public String whyNot(Controller controller) {
        return missing.getOrDefault(controller, "");
    }

    /** All groups that there are: those of a root that died as well. */
    public List<ProcessGroup> present() {
        Set<String> names = new LinkedHashSet<>();
        for (Path base : allBases()) {
            File[] groups = base.toFile().listFiles(File::isDirectory);
            if (groups != null) {
                for (File group : groups) {
                    names.add(group.getName());
                }
            }
        }
        List<ProcessGroup> present = new ArrayList<>();
        names.forEach(groupName -> present.add(Objects.requireNonNull(named(groupName, true))));
        return present;
    }

    /** The group of this name, be it this root's or one of a root that died; null if there is none. */
    public @Nullable ProcessGroup named(String groupName) {
        return named(groupName, false);
    }

    private @Nullable ProcessGroup named(String groupName, boolean any) {
        Map<Controller, ControlGroups.Place> places = new EnumMap<>(Controller.class);
        for (Path base : allBases()) {
            Path group = base.resolve(groupName);
            for (Controller controller : Controller.values()) {
                boolean unified = Files.exists(group.resolve(EVENTS));
                if (Files.isDirectory(group) && has(controller, group)) {
                    places.put(controller, new ControlGroups.Place(base, unified));
                }
            }
        }
        return places.isEmpty() && !any ? null : new ProcessGroup(groupName, places);
    }

    private static boolean has(Controller controller, Path group) {
        return switch (controller) {
            case MEMORY ->
                Files.exists(group.resolve("memory.max")) || Files.exists(group.resolve("memory.limit_in_bytes"));
            case CPU -> Files.exists(group.resolve("cpu.max")) || Files.exists(group.resolve("cpu.cfs_quota_us"));
            case TASKS -> Files.exists(group.resolve("pids.max"));
        };
    }

    /** The group of ours that a process is in; null if in none. */
    public @Nullable ProcessGroup of(int pid) {
        String below = "/" + name + "/";
        for (String line : ControlGroups.read(systemRoot.resolve("proc/" + pid + "/cgroup"))
                .lines()
                .toList()) {
            int at = line.indexOf(below);
            if (at >= 0) {
                String rest = line.substring(at + below.length());
                int end = rest.indexOf('/');
                return named(end < 0 ? rest : rest.substring(0, end));
            }
        }
        return null;
    }

    /** Where groups are, or were when a root that died made some. */
    Set<Path> allBases() {
        Set<Path> all = new LinkedHashSet<>(earlierBases);
        bases.values().forEach(base -> all.add(base.directory()));
        return all;
    }

    /** At an orderly end: what is empty is removed. */
    public void close() {
        for (Path base : allBases()) {
            base.toFile().delete();
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
