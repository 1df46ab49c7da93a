package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.WorkerOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a JVM is started that has a segment of its own: everything up to the name of its main class.
 *
 * <p>Why these flags. The heap is fixed and counted in the budget, and so is all else that can be. SerialGC starts fastest
 * and keeps least beside the heap, which is what a small single-threaded loop wants; {@code options} may choose another.
 * Transparent huge pages, where the machine has them, make a large heap die in 3 ms instead of 19 (256 MiB): recovery
 * begins with that death. The heap is <em>not</em> pre-touched: that costs each start 14 to 40 ms for 64 MiB, also a start
 * on behalf of a crashed predecessor, to save page faults that huge pages make rare anyway; {@code -XX:+AlwaysPreTouch} in
 * {@code options} decides otherwise. chronicle-bytes needs the exports; the three properties keep it from printing, from
 * starting a thread, and from reading a file of the working directory.
 *
 * @param javaHome the JDK that runs it
 * @param javaFeature its feature version: flags that it does not know would keep it from starting
 * @param hugePages whether the machine has transparent huge pages; without them the flag would be a warning
 * @param classPath the worker's own jars, then the manifest's entries
 * @param options {@code jvm.options}; after ours, so they win
 */
record WorkerJvm(
        Path javaHome,
        int javaFeature,
        boolean hugePages,
        JvmMemory memory,
        List<Path> classPath,
        List<String> options) {
    /**
     * What the JVM does several times a second while nothing happens, every five or ten seconds instead: a waiting JVM wakes once a second,
     * not 5.6 times. Not switched off, as a daemon may be one that needs it. Such options belong to a release, and another one might not start
     * with them, so only those have them that they were tried with.
     */
    private static final Map<Integer, List<String>> RARE_WAKE_UPS = Map.of(
            17,
            List.of(
                    "-XX:+UnlockDiagnosticVMOptions",
                    "-XX:AsyncDeflationInterval=5000",
                    "-XX:GuaranteedSafepointInterval=10000"),
            25,
            List.of(
                    "-XX:+UnlockDiagnosticVMOptions",
                    "-XX:AsyncDeflationInterval=5000",
                    "-XX:ServiceThreadCleanupInterval=10000"));

    /** JDK 23 introduced the flag; 24 prints a warning where it is missing. */
    static final int UNSAFE_MEMORY_ACCESS_SINCE = 23;

    /** @param name under which a fault of it is reported */
    List<String> argv(InstanceDirectory directory, String name) {
        List<String> argv = new ArrayList<>();
        argv.add(javaHome.resolve("bin/java").toString());
        argv.add("-Xms" + memory.heapBytes());
        argv.add("-Xmx" + memory.heapBytes());
        argv.add("-Xss" + memory.stackBytes() / 1024 + "k");
        if (!JvmOptions.chooseCollector(options)) {
            argv.add("-XX:+UseSerialGC");
        }
        argv.add("-XX:MaxMetaspaceSize=" + memory.metaspaceBytes());
        argv.add("-XX:ReservedCodeCacheSize=" + memory.codeCacheBytes());
        argv.add("-XX:MaxDirectMemorySize=" + memory.directBytes());
        if (hugePages) {
            argv.add("-XX:+UseTransparentHugePages");
        }
        argv.add("-XX:+ExitOnOutOfMemoryError");
        argv.addAll(quietOptions(javaFeature, errorFile(directory, name)));
        argv.addAll(options);
        argv.add(WorkerOptions.CLASS_PATH);
        argv.add(String.join(":", classPath.stream().map(Path::toString).toList()));
        return argv;
    }

    /**
     * What each JVM of ours is started with that maps segments: to say nothing of itself, to wake rarely, and where to report a fault.
     *
     * @param errorFile that option
     */
    static List<String> quietOptions(int javaFeature, String errorFile) {
        List<String> argv = new ArrayList<>();
        argv.add("-XX:-UsePerfData");
        argv.addAll(RARE_WAKE_UPS.getOrDefault(javaFeature, List.of()));
        argv.add(errorFile);
        argv.add("--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
        argv.add("--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED");
        argv.add("--add-opens=java.base/java.lang.reflect=ALL-UNNAMED");
        if (javaFeature >= UNSAFE_MEMORY_ACCESS_SINCE) {
            argv.add("--sun-misc-unsafe-memory-access=allow");
        }
        argv.add("-Dslf4j.internal.verbosity=ERROR");
        // The memory library greets at INFO, and complains at ERROR of flags that it does not need here.
        argv.add("-Dorg.slf4j.simpleLogger.log.net.openhft=off");
        argv.add("-Dbackground.releaser=false");
        argv.add("-Dsystem.properties=/dev/null");
        return argv;
    }

    /** Where a JVM that owns a segment writes its report when it faults, so that its cause can be told. */
    static String errorFile(InstanceDirectory directory, String name) {
        return errorFile(directory.ownDirectory(name), "");
    }

    /** The same of one that owns none: beside the logs. */
    static String errorFileInLogs(InstanceDirectory directory, String name) {
        return errorFile(directory.logs(), name + "_");
    }

    private static String errorFile(Path directory, String prefix) {
        // %p is the pid; a per cent sign of the directory itself is doubled.
        return "-XX:ErrorFile=" + directory.toString().replace("%", "%%") + "/hs_err_" + prefix + "%p.log";
    }
}
