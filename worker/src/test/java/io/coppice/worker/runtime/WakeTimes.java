package io.coppice.worker.runtime;

import io.coppice.state.OwnerFiles;
import io.coppice.state.Phase;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.worker.fixture.Fixtures;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Times how long a worker takes from its line to its first committed step; run by hand, no test. What is timed is what the
 * root starts, without the root: the command line of a worker, a pipe on standard input and one on descriptor 3. Each
 * round's predecessor lives until its successor is about to be let go, and is killed then.
 *
 * <pre>
 *  java … WakeTimes standby|cold|empty JAVA CLASSPATH HEAP_MIB STATE_MIB ROUNDS [JVM OPTION…]
 * </pre>
 *
 * CLASSPATH as a worker's, the fixtures included; for {@code empty} the time is that of a JVM that runs an empty main. Prints
 * microseconds: the smallest (a busy machine falsifies the others), p50, p90, p99, the largest; of {@code standby} also what one costs while it is parked.
 */
public final class WakeTimes {
    private final String java;
    private final String classPath;
    private final int heapMib;
    private final List<String> options;
    private final Path directory;
    private final Path segment;

    private WakeTimes(String java, String classPath, int heapMib, int stateMib, List<String> options) throws Exception {
        this.java = java;
        this.classPath = classPath;
        this.heapMib = heapMib;
        this.options = options;
        this.directory = Files.createTempDirectory(Path.of("/dev/shm"), "coppice-wake-");
        this.segment = directory.resolve("ingest.seg");
        SegmentSpec spec = new SegmentSpec("shop", "ingest", SegmentSpec.KIND_DAEMON, (long) stateMib << 20);
        try (RandomAccessFile reserved = new RandomAccessFile(segment.toFile(), "rw")) {
            reserved.setLength(spec.lengthBytes());
        }
        SegmentFile.create(segment, spec);
        OwnerFiles.makeLock(segment);
    }

    public static void main(String[] args) throws Exception {
        WakeTimes times = new WakeTimes(
                args[1],
                args[2],
                Integer.parseInt(args[3]),
                Integer.parseInt(args[4]),
                List.of(args).subList(6, args.length));
        int rounds = Integer.parseInt(args[5]);
        try {
            long[] found = switch (args[0]) {
                case "standby" -> times.standby(rounds);
                case "cold" -> times.cold(rounds);
                case "empty" -> times.empty(rounds);
                default -> throw new IllegalArgumentException(args[0]);
            };
            print(args[0] + " heap " + args[3] + " state " + args[4], found);
        } finally {
            if (Files.exists(times.directory.resolve("log")) && Files.size(times.directory.resolve("log")) > 0) {
                System.out.println(Files.readString(times.directory.resolve("log"))
                        .lines()
                        .limit(20)
                        .toList());
            }
            for (Path file : Files.list(times.directory).toList()) {
                Files.delete(file);
            }
            Files.delete(times.directory);
        }
    }

    private static void print(String what, long[] ns) {
        long[] sorted = ns.clone();
        Arrays.sort(sorted);
        System.out.printf(
                Locale.ROOT,
                "%s: min %d p50 %d p90 %d p99 %d max %d us%n",
                what,
                sorted[0] / 1000,
                sorted[sorted.length / 2] / 1000,
                sorted[sorted.length * 9 / 10] / 1000,
                sorted[sorted.length * 99 / 100] / 1000,
                sorted[sorted.length - 1] / 1000);
    }

    private long[] standby(int rounds) throws Exception {
        long[] ns = new long[rounds];
        long[] cpu = new long[rounds];
        long[] onCpuNs = new long[rounds];
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(segment)) {
            Process predecessor = null;
            for (int round = 0; round < rounds; round++) {
                long since = System.nanoTime();
                Process process = launch();
                write(process, "standby\n");
                if (process.getInputStream().read() != 'p') {
                    throw new IllegalStateException("no hint: " + Files.readString(directory.resolve("log")));
                }
                if (round == 0) {
                    System.out.println("parked after " + (System.nanoTime() - since) / 1_000_000 + " ms");
                }
                Thread.sleep(round == 1 && rounds > 2 ? 3000 : 200);
                cpu[round] = cpuTicks(process.pid());
                if (round == 1 && rounds > 2) {
                    parked(process.pid());
                }
                kill(predecessor);
                predecessor = process;
                long before = onCpuNs(process.pid());
                ns[round] = go(process, reader, round + 1);
                Thread.sleep(5);
                onCpuNs[round] = onCpuNs(process.pid()) - before;
            }
            kill(predecessor);
        }
        print("CPU of the main thread", onCpuNs);
        Arrays.sort(cpu);
        System.out.println("CPU of a boot, median: " + cpu[rounds / 2] * 10 + " ms");
        return ns;
    }

    private long[] cold(int rounds) throws Exception {
        long[] ns = new long[rounds];
        long[] readyNs = new long[rounds];
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(segment)) {
            for (int round = 0; round < rounds; round++) {
                long since = System.nanoTime();
                Process process = launch();
                String line = "go " + (round + 1) + (round == 0 ? " none 0 - 0\n" : " signal 0 KILL 1790000000123\n");
                write(process, line);
                long ready = 0;
                while (reader.incarnation() != round + 1 || reader.lastStepCommit() == 0) {
                    if (ready == 0 && reader.incarnation() == round + 1 && reader.phase() == Phase.READY.code()) {
                        ready = System.nanoTime();
                    }
                    Thread.onSpinWait();
                }
                ns[round] = System.nanoTime() - since;
                readyNs[round] = (ready == 0 ? System.nanoTime() : ready) - since;
                kill(process);
            }
        }
        print("ready", readyNs);
        return ns;
    }

    private long[] empty(int rounds) throws Exception {
        long[] ns = new long[rounds];
        for (int round = 0; round < rounds; round++) {
            List<String> command =
                    new ArrayList<>(List.of(java, "-Xshare:auto", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
            command.addAll(options);
            command.addAll(List.of("-cp", classPath, EmptyMain.class.getName()));
            long since = System.nanoTime();
            Process process = new ProcessBuilder(command).start();
            process.getInputStream().read();
            ns[round] = System.nanoTime() - since;
            process.waitFor();
        }
        return ns;
    }

    /** Writes one byte as its first act. */
    public static final class EmptyMain {
        public static void main(String[] args) throws IOException {
            new FileOutputStream(FileDescriptor.out).write('m');
        }
    }

    private static long go(Process process, ReadOnlySegment reader, int incarnation) throws IOException {
        byte[] line = ("go " + incarnation + (incarnation == 1 ? " none 0 - 0\n" : " signal 0 KILL 1790000000123\n"))
                .getBytes(StandardCharsets.US_ASCII);
        long since = System.nanoTime();
        process.getOutputStream().write(line);
        process.getOutputStream().flush();
        while (reader.incarnation() != incarnation || reader.lastStepCommit() == 0) {
            Thread.onSpinWait();
            if (System.nanoTime() - since > 10_000_000_000L) {
                throw new IllegalStateException("no commit in 10 s");
            }
        }
        return System.nanoTime() - since;
    }

    private static void write(Process process, String line) throws IOException {
        process.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
    }

    private static void kill(Process process) throws InterruptedException {
        if (process != null) {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    /** Time on a CPU of the thread that runs main: what a busy machine does not falsify. */
    private static long onCpuNs(long pid) throws IOException {
        long first = Files.list(Path.of("/proc/" + pid + "/task"))
                .mapToLong(task -> Long.parseLong(task.getFileName().toString()))
                .filter(tid -> tid != pid)
                .min()
                .orElseThrow();
        return Long.parseLong(Files.readString(Path.of("/proc/" + pid + "/task/" + first + "/schedstat"))
                .split(" ")[0]);
    }

    private static long cpuTicks(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(words[11]) + Long.parseLong(words[12]);
    }

    private static void parked(long pid) throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
            if (line.startsWith("Rss:") || line.startsWith("Pss:") || line.startsWith("Anonymous:")) {
                System.out.print(line.replaceAll(" +", " ") + "; ");
            }
        }
        long switches = switches(pid);
        long ticks = cpuTicks(pid);
        Thread.sleep(10_000);
        System.out.println("in 10 s parked: CPU " + (cpuTicks(pid) - ticks) * 10 + " ms, " + (switches(pid) - switches)
                + " wakeups; threads "
                + Files.list(Path.of("/proc/" + pid + "/task")).count()
                + ", descriptors " + Files.list(Path.of("/proc/" + pid + "/fd")).count());
    }

    private static long switches(long pid) throws IOException {
        long sum = 0;
        for (Path task : Files.list(Path.of("/proc/" + pid + "/task")).toList()) {
            for (String line : Files.readAllLines(task.resolve("status"))) {
                if (line.startsWith("voluntary_ctxt_switches")) {
                    sum += Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        }
        return sum;
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(
                List.of("sh", "-c", "exec 3>&1 >>" + directory.resolve("log") + " 2>&1; exec \"$@\"", "sh", java));
        command.addAll(List.of(
                "-Xms" + heapMib + "m",
                "-Xmx" + heapMib + "m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:MaxMetaspaceSize=64m",
                "-XX:ReservedCodeCacheSize=48m",
                "-XX:MaxDirectMemorySize=16m",
                "-XX:+UseTransparentHugePages",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED"));
        if (java.contains("25")) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of(
                "-Dslf4j.internal.verbosity=ERROR",
                "-Dorg.slf4j.simpleLogger.log.net.openhft=off",
                "-Dbackground.releaser=false",
                "-Dsystem.properties=/dev/null"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, WorkerMain.class.getName()));
        command.addAll(List.of("--instance", "shop", "--name", "ingest"));
        command.addAll(List.of("--segment", segment.toString()));
        command.addAll(List.of("--lock", directory.resolve("ingest.lock").toString()));
        command.addAll(List.of("--main", Fixtures.Idler.class.getName(), "--heartbeat-timeout-ms", "5000", "--"));
        return new ProcessBuilder(command).start();
    }
}
