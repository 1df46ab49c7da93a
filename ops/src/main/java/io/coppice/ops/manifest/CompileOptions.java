package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.ReplicaSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a manifest is compiled for.
 *
 * @param instance the value of {@code --instance}; null without it
 * @param surroundings who asks, on which machine
 * @param javaHome the JDK that will run the workers
 * @param javaFeature that JDK's feature version, such as 17
 * @param workerLib the directory of the worker's own jars; null if this process was not told, which is an error for
 *     manifests with a {@code main}
 * @param launcher the program by which this process was started; null if it was not told
 * @param scaled how many replicas an operator wants of which daemon, as long as the manifest declares as many as it did then
 */
public record CompileOptions(
        @Nullable String instance,
        Surroundings surroundings,
        Path javaHome,
        int javaFeature,
        @Nullable Path workerLib,
        @Nullable Path launcher,
        List<ReplicaSet> scaled) {
    /** The system property in which the launcher gives the directory of the worker's own jars. */
    public static final String WORKER_LIB_PROPERTY = "coppice.worker.lib";

    static final String LAUNCHER_PROPERTY = "coppice.launcher";
    private static final Pattern JAVA_VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"?([0-9]+)");

    /** For this process, its user and its JDK. */
    public static CompileOptions ofThisProcess(@Nullable String instance) {
        String workerLib = System.getProperty(WORKER_LIB_PROPERTY);
        String launcher = System.getProperty(LAUNCHER_PROPERTY);
        return new CompileOptions(
                instance,
                Surroundings.ofThisProcess(),
                Path.of(System.getProperty("java.home")),
                Runtime.version().feature(),
                workerLib == null || workerLib.isEmpty()
                        ? null
                        : Path.of(workerLib).toAbsolutePath(),
                launcher == null ? null : Path.of(launcher),
                List.of());
    }

    /** The same for who has these variables. */
    public CompileOptions withEnvironment(Map<String, String> environment) {
        return new CompileOptions(
                instance,
                surroundings.withEnvironment(environment),
                javaHome,
                javaFeature,
                workerLib,
                launcher,
                scaled);
    }

    /** The same with as many replicas as operators want. */
    public CompileOptions withScaled(List<ReplicaSet> sets) {
        return new CompileOptions(
                instance, surroundings, javaHome, javaFeature, workerLib, launcher, List.copyOf(sets));
    }

    /**
     * The same for workers that run on another JDK.
     *
     * @throws IOException if the directory holds no JDK that says its version in a file {@code release}
     */
    public CompileOptions withJavaHome(Path otherHome) throws IOException {
        Path release = otherHome.resolve("release");
        Matcher matcher = JAVA_VERSION.matcher(Files.readString(release, StandardCharsets.UTF_8));
        if (!matcher.find()) {
            throw new IOException(release + " holds no JAVA_VERSION, expected the release file of a JDK");
        }
        return new CompileOptions(
                instance, surroundings, otherHome, Integer.parseInt(matcher.group(1)), workerLib, launcher, scaled);
    }
}
