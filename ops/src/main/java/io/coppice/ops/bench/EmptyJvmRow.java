package io.coppice.ops.bench;

import io.coppice.ops.bench.job.Nothing;
import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts the smallest JVM there is: from just before the process is made until a byte arrives that its {@code main} wrote. The JDK's own
 * class-data archive, the collector and the heap of our daemons, and nothing else that they are started with.
 *
 * @param main writes a byte
 * @param classPath where it is found
 */
record EmptyJvmRow(Guests guests, Class<?> main, List<String> classPath, RowTimes times) implements RecoveryRow {
    /** With nothing to do at all. */
    EmptyJvmRow(Guests guests, RowTimes times) {
        this(guests, Nothing.class, List.of(classPathOf(Nothing.class)), times);
    }

    static String classPathOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().getPath();
    }

    @Override
    public void measure() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command()).redirectError(ProcessBuilder.Redirect.INHERIT);
        long beganNs = System.nanoTime();
        Process process = guests.start(builder);
        try {
            if (process.getInputStream().read() < 0) {
                throw new CommandFailedException(
                        ExitCode.FAILED, "bench recovery: an empty JVM ended before its main wrote a byte.");
            }
            times.add(System.nanoTime() - beganNs);
        } finally {
            guests.kill(process);
        }
    }

    private List<String> command() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms" + times.heapMib() + "m",
                "-Xmx" + times.heapMib() + "m",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "-cp",
                String.join(":", classPath),
                main.getName());
    }
}
