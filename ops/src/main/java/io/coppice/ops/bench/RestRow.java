package io.coppice.ops.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A root at rest with so many children.
 *
 * @param children daemons among them included
 * @param turnsPerSecond of the duty cycle
 * @param bytesPerTurn allocated by the duty cycle's thread
 * @param threads that woke or ran in that time, the busiest first
 */
record RestRow(
        int children,
        int daemons,
        ProcessReading.MemoryMib memory,
        double turnsPerSecond,
        double bytesPerTurn,
        List<ThreadRate> threads) {
    /** The main thread of a JVM: the launcher of the JVM names it so and keeps a thread of that name to itself, whose id is the process's. */
    private static final String MAIN_THREAD = "java";

    RestRow {
        threads = List.copyOf(threads);
    }

    /**
     * One thread, per second.
     *
     * @param preemptions told apart, since others cause them
     * @param cpuMs milliseconds on a processor
     */
    record ThreadRate(String name, double wakeups, double preemptions, double cpuMs) {}

    /** What happened between two readings of a process; a thread that has ended in between is left out. */
    static List<ThreadRate> between(ProcessReading before, ProcessReading after) {
        double seconds = (after.atNs() - before.atNs()) / 1e9;
        List<ThreadRate> rates = new ArrayList<>();
        for (Map.Entry<Long, ProcessReading.ThreadReading> entry :
                after.threads().entrySet()) {
            ProcessReading.ThreadReading now = entry.getValue();
            ProcessReading.ThreadReading then =
                    before.threads().getOrDefault(entry.getKey(), ProcessReading.ThreadReading.NONE);
            ThreadRate rate = new ThreadRate(
                    now.name().equals(MAIN_THREAD) && entry.getKey() != after.pid() ? "duty cycle" : now.name(),
                    (now.wakeups() - then.wakeups()) / seconds,
                    (now.preemptions() - then.preemptions()) / seconds,
                    (now.cpuNs() - then.cpuNs()) / 1e6 / seconds);
            if (rate.wakeups() > 0 || rate.cpuMs() > 0) {
                rates.add(rate);
            }
        }
        rates.sort(Comparator.comparingDouble(ThreadRate::wakeups)
                .thenComparingDouble(ThreadRate::cpuMs)
                .reversed());
        return rates;
    }

    double wakeupsPerSecond() {
        return threads.stream().mapToDouble(ThreadRate::wakeups).sum();
    }

    double preemptionsPerSecond() {
        return threads.stream().mapToDouble(ThreadRate::preemptions).sum();
    }

    double cpuMsPerSecond() {
        return threads.stream().mapToDouble(ThreadRate::cpuMs).sum();
    }
}
