package io.coppice.ops.bench;

import io.coppice.ops.bench.job.Nothing;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.demo.DemoCommand;
import io.coppice.supervisor.os.Epoll;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a recovery takes, and what its parts take by themselves. */
final class RecoveryBench {
    /** Fixed, so that two runs kill at the same places. */
    private static final long SEED = 42;

    private static final String HEAP = "-Xmx16m";
    private static final int WATCHDOG_MS = 60_000;

    private RecoveryBench() {}

    static void run(CoppiceCommand coppice, int kills, boolean json)
            throws IOException, InterruptedException, OsException {
        Figures figures = new Figures("Recovery without a standby");
        figures.times("bare JVM: start of an empty main to its end", bareStarts(kills));
        figures.times("bare JVM: kill -9 to the kernel's word (pidfd)", deathNotices(kills));
        figures.times(
                "word counter: kill -9 to the successor's first commit",
                DemoCommand.measure(coppice, "bench-recovery", kills, SEED).timesNs());
        figures.print(coppice, json);
    }

    private static ProcessBuilder bareJvm(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-XX:-UsePerfData",
                HEAP,
                "-cp",
                Path.of(Nothing.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .getPath())
                        .toString(),
                Nothing.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    private static long[] bareStarts(int count) throws IOException, InterruptedException {
        long[] timesNs = new long[count];
        for (int i = 0; i < count; i++) {
            long beganNs = System.nanoTime();
            bareJvm().start().waitFor();
            timesNs[i] = System.nanoTime() - beganNs;
        }
        return timesNs;
    }

    private static long[] deathNotices(int count) throws IOException, OsException {
        long[] timesNs = new long[count];
        for (int i = 0; i < count; i++) {
            Process process = bareJvm("wait").start();
            try (Epoll epoll = Epoll.create();
                    PidFd pidFd = PidFd.open((int) process.pid())) {
                process.getInputStream().read();
                epoll.add(pidFd.fd(), 0);
                long beganNs = System.nanoTime();
                process.destroyForcibly();
                epoll.await(WATCHDOG_MS);
                timesNs[i] = System.nanoTime() - beganNs;
            }
        }
        return timesNs;
    }
}
