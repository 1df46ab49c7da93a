package io.coppice.supervisor.limits;

import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.SignalNumbers;
import io.coppice.supervisor.plan.Limits;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The control group of one process and all that comes of it: one directory, or in version 1 one in the hierarchy of each controller. Its
 * process is put into it before it runs its program; nobody else ever is. A process may make groups below it; they are killed and removed with it.
 *
 * <p>Made on the spawner's thread, which may block; all else on the duty cycle's. Nothing here waits: what is written and read is the
 * kernel's own memory, and of each group only so much at a time.
 */
public final class ProcessGroup {
    /** Looked at, and killed, at a time. */
    private static final int MOST_PROCESSES = 512;

    /** Groups that a process has made below its own, looked at at a time. */
    private static final int MOST_BELOW = 256;

    /** The kernel's period of a quota, in microseconds. */
    private static final long CPU_PERIOD_US = 100_000;

    /** A limit is reached when so little is left of it that the kernel's next batch does not fit. */
    private static final long NEARLY_BYTES = 1 << 20;

    private static final String PROCESSES = "cgroup.procs";
    private static final String KILLS = "oom_kill ";

    private record Place(Path directory, boolean unified) {}

    private final String name;
    private final Map<Controller, Place> places;

    /** What {@link #tasksMet} tells; empty for nothing, null before it has been read. */
    private @Nullable String tasksMet;

    /** @param bases where groups with each controller are, none of a controller whose limit nobody enforces */
    ProcessGroup(String name, Map<Controller, ControlGroups.Place> bases) {
        this.name = name;
        this.places = new EnumMap<>(Controller.class);
        bases.forEach((controller, base) ->
                places.put(controller, new Place(base.directory().resolve(name), base.unified())));
    }

    /** Unique among the groups of an instance. */
    public String name() {
        return name;
    }

    /**
     * Makes it, with its limits.
     *
     * @throws IOException if that cannot be done, with a message for people; what was made is left to {@link #remove}
     */
    public void make(Limits limits) throws IOException {
        for (Path directory : directories()) {
            try {
                Files.createDirectory(directory);
            } catch (IOException e) {
                throw new IOException("the control group " + directory + " cannot be made: " + e, e);
            }
        }
        for (Map.Entry<Controller, Place> entry : places.entrySet()) {
            long limit = entry.getKey().of(limits);
            if (limit > 0) {
                limit(entry.getKey(), entry.getValue(), limit);
            }
        }
    }

    private static void limit(Controller controller, Place place, long limit) throws IOException {
        Path directory = place.directory();
        switch (controller) {
            case MEMORY -> {
                if (place.unified()) {
                    write(directory.resolve("memory.max"), limit);
                    // Else as much again might be swapped out.
                    writeIfThere(directory.resolve("memory.swap.max"), "0");
                    writeIfThere(directory.resolve("memory.oom.group"), "1");
                } else {
                    write(directory.resolve("memory.limit_in_bytes"), limit);
                    writeIfThere(directory.resolve("memory.memsw.limit_in_bytes"), String.valueOf(limit));
                }
            }
            case CPU -> {
                long quotaUs = limit * CPU_PERIOD_US / 1000;
                if (place.unified()) {
                    write(directory.resolve("cpu.max"), quotaUs + " " + CPU_PERIOD_US);
                } else {
                    write(directory.resolve("cpu.cfs_period_us"), CPU_PERIOD_US);
                    write(directory.resolve("cpu.cfs_quota_us"), quotaUs);
                }
            }
            case TASKS -> write(directory.resolve("pids.max"), limit);
        }
    }

    /**
     * Puts a process into it, with all its threads.
     *
     * @throws IOException if the kernel does not, with a message for people
     */
    public void enter(int pid) throws IOException {
        for (Path directory : directories()) {
            write(directory.resolve(PROCESSES), pid);
        }
    }

    /**
     * Sends SIGKILL to what is in it.
     *
     * @return 0 once nothing is in it any more
     */
    public int kill() {
        Place any = killing();
        if (any == null || !Files.isDirectory(any.directory())) {
            return 0;
        }
        tasksMet(); // Before the limit is another one.
        if (any.unified()) {
            Path events = any.directory().resolve("cgroup.events");
            if (ControlGroups.read(events).contains("populated 0")) {
                return 0;
            }
            Path kill = any.directory().resolve("cgroup.kill"); // Linux 5.14
            if (Files.exists(kill) && isWritten(kill, "1")) {
                return 1;
            }
        } else if (places.containsKey(Controller.TASKS)) {
            // So that none is made while the others are killed.
            isWritten(any.directory().resolve("pids.max"), "0");
        }
        int found = 0;
        List<Path> groups = new ArrayList<>();
        addWithThoseBelow(any.directory(), groups);
        for (Path group : groups) {
            found += killIn(group.resolve(PROCESSES), MOST_PROCESSES - found);
        }
        return found;
    }

    /** All processes are in all of them; that of the tasks can keep new ones from being made. */
    private @Nullable Place killing() {
        Place tasks = places.get(Controller.TASKS);
        return tasks != null ? tasks : places.values().stream().findFirst().orElse(null);
    }

    private static int killIn(Path processes, int most) {
        int found = 0;
        try {
            for (int pid : read(processes, most)) {
                found += kill(pid, processes) ? 1 : 0;
            }
        } catch (IOException e) {
            return found; // It has been removed.
        }
        return found;
    }

    private static boolean kill(int pid, Path processes) throws IOException {
        try (PidFd pinned = PidFd.open(pid)) {
            // Once more: it is this very process from here on.
            if (!read(processes, Integer.MAX_VALUE).contains(pid)) {
                return false;
            }
            pinned.signal(SignalNumbers.of("KILL"));
            return true;
        } catch (OsException e) {
            return Files.exists(Path.of("/proc/" + pid)); // no descriptor left: it is asked again
        }
    }

    private static List<Integer> read(Path processes, int most) throws IOException {
        List<Integer> pids = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(processes, StandardCharsets.US_ASCII)) {
            for (String line = reader.readLine(); line != null && pids.size() < most; line = reader.readLine()) {
                int pid = Integer.parseInt(line.strip());
                if (pid > 0) { // 0 is one that this pid namespace has no number for.
                    pids.add(pid);
                }
            }
        }
        return pids;
    }

    /**
     * Why the kernel has killed processes of it for want of memory, in words that follow "killed by the kernel: "; null if it has not.
     */
    public @Nullable String outOfMemory() {
        Place place = places.get(Controller.MEMORY);
        if (place == null) {
            return null;
        }
        Path directory = place.directory();
        if (count(directory.resolve(place.unified() ? "memory.events" : "memory.oom_control"), KILLS) == 0) {
            return null;
        }
        long limit = count(directory.resolve(place.unified() ? "memory.max" : "memory.limit_in_bytes"), "");
        boolean own = place.unified()
                ? count(directory.resolve("memory.events.local"), "oom ") > 0
                // Of a limit of memory and swap together version 1 counts no failures, and memory is taken in batches.
                : Math.max(
                                count(directory.resolve("memory.max_usage_in_bytes"), ""),
                                count(directory.resolve("memory.memsw.max_usage_in_bytes"), ""))
                        > limit - NEARLY_BYTES;
        return own && limit > 0 && limit <= Limits.MAX_MEMORY_BYTES
                ? "its memory limit of " + inMebibytes(limit) + " was reached"
                : "the machine, or a group around it, had no memory left";
    }

    /**
     * Whether the kernel has refused to make a process or thread in it at its limit of tasks, in words; null if it has not, or that cannot be told
     * any more, since somebody else has begun to {@link #kill} it. Read once, at the first kill or now.
     */
    public @Nullable String tasksMet() {
        String known = tasksMet;
        if (known == null) {
            known = readTasksMet();
            tasksMet = known;
        }
        return known.isEmpty() ? null : known;
    }

    private String readTasksMet() {
        Place place = places.get(Controller.TASKS);
        long limit = place == null ? 0 : count(place.directory().resolve("pids.max"), "");
        long refused = place == null || limit == 0 ? 0 : count(place.directory().resolve("pids.events"), "max ");
        return refused == 0
                ? ""
                : "tasks limit met: at " + limit + " processes and threads the kernel made no more, "
                        + (refused == 1 ? "once" : refused + " times");
    }

    private static String inMebibytes(long bytes) {
        long tenths = Math.round(bytes * 10.0 / (1 << 20));
        return tenths / 10 + (tenths % 10 == 0 ? "" : "." + tenths % 10) + " MiB";
    }

    private static long count(Path file, String key) {
        for (String line : ControlGroups.read(file).lines().toList()) {
            if (line.startsWith(key)) {
                try {
                    return Long.parseLong(line.substring(key.length()).strip());
                } catch (NumberFormatException e) {
                    return 0; // A kernel that writes something else there tells nothing.
                }
            }
        }
        return 0;
    }

    /** Removes it; false if something is still in it. */
    public boolean remove() {
        boolean gone = true;
        for (Path directory : directories()) {
            List<Path> groups = new ArrayList<>();
            addWithThoseBelow(directory, groups);
            for (int i = groups.size() - 1; i >= 0; i--) {
                File group = groups.get(i).toFile();
                gone &= group.delete() || !group.exists();
            }
        }
        return gone;
    }

    /** Whether there is a directory of it. */
    boolean exists() {
        return directories().stream().anyMatch(Files::isDirectory);
    }

    private static void addWithThoseBelow(Path group, List<Path> groups) {
        groups.add(group);
        for (int i = groups.size() - 1; i < groups.size() && groups.size() < MOST_BELOW; i++) {
            File[] below = groups.get(i).toFile().listFiles(File::isDirectory);
            if (below != null) {
                for (File child : below) {
                    groups.add(child.toPath());
                }
            }
        }
    }

    private Set<Path> directories() {
        Set<Path> directories = new LinkedHashSet<>();
        places.values().forEach(place -> directories.add(place.directory()));
        return directories;
    }

    private static void write(Path file, long value) throws IOException {
        write(file, String.valueOf(value));
    }

    private static void write(Path file, String text) throws IOException {
        try {
            // Of one that is there: a limit that the kernel does not know is not to become a file.
            Files.write(file, text.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException("the kernel does not take `" + text + "` in " + file + ": " + e, e);
        }
    }

    private static void writeIfThere(Path file, String text) throws IOException {
        if (Files.exists(file)) {
            write(file, text);
        }
    }

    private static boolean isWritten(Path file, String text) {
        try {
            write(file, text);
            return true;
        } catch (IOException e) {
            return false; // There is no such file, or it has just been removed.
        }
    }

    @Override
    public String toString() {
        return String.join(", ", directories().stream().map(Path::toString).toList());
    }
}
