package io.coppice.ops.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What a standby takes that waits.
 *
 * @param daemon that it is kept for
 * @param cpuNs of all its threads in that time
 * @param wakeups of all its threads in that time
 * @param seconds that it was watched
 */
record ParkedStandby(String daemon, long cpuNs, long wakeups, int seconds, ProcessReading.MemoryMib memory) {
    private static final Path PROC = Path.of("/proc");
    private static final int SECONDS = 10;
    private static final long REFILL_NS = TimeUnit.MINUTES.toNanos(1);
    private static final long POLL_MS = 10;
    private static final double NS_PER_MS = 1e6;

    /** Watches one of each daemon for ten seconds, all at once; one that did not wait all the time is left out, and told. */
    static List<ParkedStandby> watch(List<StandbyReserve> reserves, Consumer<String> told)
            throws IOException, InterruptedException {
        long endNs = System.nanoTime() + REFILL_NS;
        while (!reserves.stream().allMatch(StandbyReserve::isReady) && System.nanoTime() < endNs) {
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
        Map<String, ProcessReading> before = new TreeMap<>();
        for (StandbyReserve reserve : reserves) {
            for (long pid : first(reserve.parked())) {
                before.put(reserve.daemon(), ProcessReading.of(PROC, pid));
            }
        }
        TimeUnit.SECONDS.sleep(SECONDS);
        List<ParkedStandby> found = new ArrayList<>();
        for (StandbyReserve reserve : reserves) {
            ProcessReading began = before.get(reserve.daemon());
            if (began != null && reserve.parked().contains(began.pid())) {
                found.add(of(reserve.daemon(), began, ProcessReading.of(PROC, began.pid())));
            } else {
                told.accept("no standby of " + reserve.daemon() + " waited for " + SECONDS + " s");
            }
        }
        return found;
    }

    private static ParkedStandby of(String daemon, ProcessReading began, ProcessReading ended) throws IOException {
        long cpuNs = 0;
        long wakeups = 0;
        for (Map.Entry<Long, ProcessReading.ThreadReading> thread :
                ended.threads().entrySet()) {
            ProcessReading.ThreadReading then =
                    began.threads().getOrDefault(thread.getKey(), ProcessReading.ThreadReading.NONE);
            cpuNs += thread.getValue().cpuNs() - then.cpuNs();
            wakeups += thread.getValue().wakeups() - then.wakeups();
        }
        return new ParkedStandby(daemon, cpuNs, wakeups, SECONDS, ProcessReading.memory(PROC, ended.pid()));
    }

    private static Set<Long> first(Set<Long> pids) {
        return pids.isEmpty() ? pids : Set.of(pids.iterator().next());
    }

    /** For people. */
    String line() {
        return String.format(
                Locale.ROOT,
                "parked standby of %s: %.3f ms of CPU and %d wakeups in %d s (target 0 %%), RSS %.1f MiB, PSS %.1f MiB, of that anonymous %.1f MiB",
                daemon,
                cpuNs / NS_PER_MS,
                wakeups,
                seconds,
                memory.resident(),
                memory.proportional(),
                memory.anonymous());
    }
}
