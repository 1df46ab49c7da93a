package io.coppice.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coppice.ops.bench.ProcessReading.MemoryMib;
import io.coppice.ops.bench.ProcessReading.ThreadReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestTableTest {
    private static final long PID = 40;

    @TempDir
    Path proc;

    @Test
    void shouldReadThreadsAndMemoryOfAProcess() throws Exception {
        Path process = Files.createDirectories(proc.resolve("40"));
        thread("40", "java", 3, 1, 5);
        thread("41", "VM Periodic Tas", 7, 0, 2_000_000);
        Files.createDirectories(process.resolve("task/42")); // It ended while it was being read.
        Files.writeString(
                process.resolve("smaps_rollup"),
                "55 ---p 0 00:00 0 [rollup]\nRss:  2048 kB\nPss:  1536 kB\nAnonymous:   1024 kB\n");

        assertEquals(
                Map.of(
                        40L, new ThreadReading("java", 3, 1, 5),
                        41L, new ThreadReading("VM Periodic Tas", 7, 0, 2_000_000)),
                ProcessReading.of(proc, PID).threads());
        assertEquals(new MemoryMib(2, 1.5, 1), ProcessReading.memory(proc, PID));
    }

    @Test
    void shouldNotTakeAMissingFieldForZero() throws Exception {
        Files.writeString(Files.createDirectories(proc.resolve("40")).resolve("smaps_rollup"), "Rss: 2048 kB\n");

        assertThrows(IOException.class, () -> ProcessReading.memory(proc, PID));
    }

    @Test
    void shouldTellWhoWakesAndGiveTheMainThreadItsName() {
        RestRow row = row();

        assertEquals(
                List.of(
                        new RestRow.ThreadRate("VM Thread", 2, 0, 0.5),
                        new RestRow.ThreadRate("duty cycle", 1, 3, 0.25)),
                row.threads());
        assertEquals(3, row.wakeupsPerSecond());
        assertEquals(0.75, row.cpuMsPerSecond());
    }

    @Test
    void shouldPrintARowForEachNumberOfChildren() {
        assertEquals(
                List.of(
                        "a machine",
                        "children of which       RSS       PSS      anonymous        CPU    wakeups     turns   allocated",
                        "          daemons       MiB       MiB     memory MiB       ms/s      per s     per s  bytes/turn",
                        "     500        5      64.0      50.5           40.3      0.750       3.00      1.00         0.0",
                        "wakeups are voluntary context switches, by thread:",
                        "     500 VM Thread 2.00, duty cycle 1.00; preempted 3.00"),
                RestTable.lines(List.of(row()), "a machine"));
    }

    @Test
    void shouldPrintTheSameAsJson() throws Exception {
        assertEquals(
                "{\"machine\":\"a machine\",\"rows\":[{\"children\":500,\"daemons\":5,\"residentMib\":64.0,"
                        + "\"proportionalMib\":50.5,\"anonymousMib\":40.25,\"cpuMsPerSecond\":0.75,"
                        + "\"wakeupsPerSecond\":3.0,\"preemptionsPerSecond\":3.0,\"turnsPerSecond\":1.0,"
                        + "\"bytesPerTurn\":0.0,\"threads\":["
                        + "{\"name\":\"VM Thread\",\"wakeupsPerSecond\":2.0,\"preemptionsPerSecond\":0.0,\"cpuMsPerSecond\":0.5},"
                        + "{\"name\":\"duty cycle\",\"wakeupsPerSecond\":1.0,\"preemptionsPerSecond\":3.0,"
                        + "\"cpuMsPerSecond\":0.25}]}]}",
                RestTable.json(List.of(row()), "a machine"));
    }

    /** Two seconds of a process whose main thread is 41, beside the launcher's own, 40, which sleeps for ever. */
    private static RestRow row() {
        ProcessReading before = new ProcessReading(
                PID,
                0,
                new TreeMap<>(Map.of(
                        40L, new ThreadReading("java", 9, 9, 9),
                        41L, new ThreadReading("java", 10, 4, 500_000),
                        43L, new ThreadReading("ended", 10, 4, 500_000))));
        ProcessReading after = new ProcessReading(
                PID,
                2_000_000_000,
                new TreeMap<>(Map.of(
                        40L, new ThreadReading("java", 9, 9, 9),
                        41L, new ThreadReading("java", 12, 10, 1_000_000),
                        42L, new ThreadReading("VM Thread", 4, 0, 1_000_000))));
        return new RestRow(500, 5, new MemoryMib(64, 50.5, 40.25), 1, 0, RestRow.between(before, after));
    }

    private void thread(String id, String name, int wakeups, int preemptions, long cpuNs) throws IOException {
        Path task = Files.createDirectories(proc.resolve("40/task").resolve(id));
        Files.writeString(task.resolve("comm"), name + "\n");
        Files.writeString(
                task.resolve("status"),
                "Name:\t" + name + "\nvoluntary_ctxt_switches:\t" + wakeups + "\nnonvoluntary_ctxt_switches:\t"
                        + preemptions + "\n");
        Files.writeString(task.resolve("schedstat"), cpuNs + " 17 4\n");
    }
}
