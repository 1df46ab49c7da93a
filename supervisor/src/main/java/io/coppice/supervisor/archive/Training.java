package io.coppice.supervisor.archive;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a worker's JVM that is told to warm up and end, so that it writes an archive of what it has loaded by then, or shows that it can
 * start with one. It has the environment and the working directory of the worker, and opens none of the worker's segments.
 *
 * <p>Blocks until the JVM has ended. One thread.
 */
final class Training {
    /** What a worker is told on its standard input. */
    private static final byte[] WORD = "train\n".getBytes(StandardCharsets.US_ASCII);

    /** Options for a JVM that nobody here has chosen, one more of which the JVM that assembles a cache reads. */
    private static final List<String> VARIABLES =
            List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "JDK_AOT_VM_OPTIONS");

    private static final int TAIL_BYTES = 4096;
    private static final long KILLED_MS = 10_000;

    private final LaunchProfile profile;
    private final JdkRelease jdk;
    private final Conditions conditions;
    private final WorkDirectory work;
    private final long timeoutMs;

    /**
     * What the JVMs have in common with the worker's.
     *
     * @param restricted what they may do
     * @param environment all of it
     * @param workingDirectory an absolute path
     */
    record Conditions(Maker maker, Restricted restricted, Map<String, String> environment, Path workingDirectory) {
        Conditions {
            environment = Map.copyOf(environment);
        }
    }

    /**
     * @param work an empty one
     * @param timeoutMs of each
     */
    Training(LaunchProfile profile, JdkRelease jdk, Conditions conditions, WorkDirectory work, long timeoutMs) {
        this.profile = profile;
        this.jdk = jdk;
        this.conditions = conditions;
        this.work = work;
        this.timeoutMs = timeoutMs;
    }

    /** Has an archive written, which nothing is known of yet. */
    Path write() throws IOException, InterruptedException, ArchiverException {
        Path archive = work.made().resolve("archive" + jdk.suffix());
        String said = run(jdk.toMake(archive), ArchiverExit.NOT_WRITTEN);
        if (!Files.isRegularFile(archive, LinkOption.NOFOLLOW_LINKS) || Files.size(archive) == 0) {
            throw new ArchiverException(
                    ArchiverExit.NOT_WRITTEN, "the JVM ended in order, but wrote no archive:\n" + said);
        }
        return archive;
    }

    /** Has a JVM read all of an archive and start with it. */
    void check(Path archive) throws IOException, InterruptedException, ArchiverException {
        run(jdk.toCheck(archive), ArchiverExit.NOT_USABLE);
    }

    /** @return what it said */
    private String run(List<String> options, ArchiverExit failure)
            throws IOException, InterruptedException, ArchiverException {
        Path output = work.beginOutput();
        List<String> more = new ArrayList<>(options);
        // Not where people look for reports of daemons that crashed.
        more.add("-XX:ErrorFile=" + work.made().resolve("hs_err.log"));
        ProcessBuilder builder = new ProcessBuilder(conditions.maker().command(profile.argv(more)))
                .directory(conditions.workingDirectory().toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(conditions.environment());
        VARIABLES.forEach(environment::remove);
        Process process = conditions.restricted().start(builder, work);
        try {
            try (var word = process.getOutputStream()) {
                word.write(WORD);
            } catch (IOException e) {
                // It has ended before it was told: how, its status says.
            }
            if (!process.waitFor(timeoutMs, TimeUnit.MILLISECONDS)) {
                throw new ArchiverException(
                        ArchiverExit.TIMED_OUT, "killed after " + timeoutMs + " ms:\n" + tail(output));
            }
        } finally {
            // With the JVM that it has started itself to assemble a cache.
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            // It writes no more once it is gone; what a kernel does not end cannot be waited for.
            process.waitFor(KILLED_MS, TimeUnit.MILLISECONDS);
        }
        String said = tail(output);
        if (process.exitValue() != 0) {
            throw new ArchiverException(failure, "the JVM ended with " + process.exitValue() + ":\n" + said);
        }
        return said;
    }

    private static String tail(Path output) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.min(TAIL_BYTES, file.length())];
            file.seek(file.length() - bytes.length);
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8).strip();
        }
    }
}
