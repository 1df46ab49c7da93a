package io.coppice.ops.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What {@code /proc} says of a process at one moment.
 *
 * @param atNs {@link System#nanoTime()} of that moment
 * @param threads by thread id
 */
record ProcessReading(long pid, long atNs, SortedMap<Long, ThreadReading> threads) {
    private static final long KIB_PER_MIB = 1024;

    /**
     * One thread since it began.
     *
     * @param wakeups voluntary context switches: how often it went to sleep, and so was woken
     * @param preemptions involuntary ones, which the other processes of the machine cause
     * @param cpuNs on a processor
     */
    record ThreadReading(String name, long wakeups, long preemptions, long cpuNs) {
        static final ThreadReading NONE = new ThreadReading("", 0, 0, 0);
    }

    /**
     * In MiB.
     *
     * @param resident RSS: all pages that are mapped
     * @param proportional PSS: of those that others map, too, only its share
     * @param anonymous of no file: heap, compiled code, metaspace, malloc
     */
    record MemoryMib(double resident, double proportional, double anonymous) {}

    static ProcessReading of(Path proc, long pid) throws IOException {
        SortedMap<Long, ThreadReading> threads = new TreeMap<>();
        try (Stream<Path> tasks = Files.list(proc.resolve(pid + "/task"))) {
            for (Path task : tasks.toList()) {
                thread(task).ifPresent(now -> threads.put(Long.parseLong(String.valueOf(task.getFileName())), now));
            }
        }
        return new ProcessReading(pid, System.nanoTime(), threads);
    }

    private static Optional<ThreadReading> thread(Path task) throws IOException {
        try {
            Path status = task.resolve("status");
            // On a processor, waiting for one, and how often: nanoseconds, nanoseconds, a count.
            String schedule = Files.readString(task.resolve("schedstat"));
            return Optional.of(new ThreadReading(
                    Files.readString(task.resolve("comm")).strip(),
                    number(status, "voluntary_ctxt_switches:"),
                    number(status, "nonvoluntary_ctxt_switches:"),
                    Long.parseLong(schedule.substring(0, schedule.indexOf(' ')))));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // It ended since the folder was listed.
        }
    }

    static MemoryMib memory(Path proc, long pid) throws IOException {
        Path rollup = proc.resolve(pid + "/smaps_rollup");
        return new MemoryMib(mib(rollup, "Rss:"), mib(rollup, "Pss:"), mib(rollup, "Anonymous:"));
    }

    private static double mib(Path file, String field) throws IOException {
        return number(file, field) / (double) KIB_PER_MIB;
    }

    private static long number(Path file, String field) throws IOException {
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(field)) {
                return Long.parseLong(
                        line.substring(field.length()).replace("kB", "").strip());
            }
        }
        throw new IOException(file + " has no line `" + field + "`");
    }
}
