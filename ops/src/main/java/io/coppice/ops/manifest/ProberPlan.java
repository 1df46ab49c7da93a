package io.coppice.ops.manifest;

import io.coppice.ops.prober.ProberMain;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlanBuilder;
import io.coppice.supervisor.plan.RestartPolicy;
import io.coppice.supervisor.plan.Shutdown;
import io.coppice.supervisor.plan.StartTimeouts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The child that looks after others where a manifest declares probes: a JVM of Coppice's own. */
final class ProberPlan {
    /** Its name, which no daemon may have. */
    static final String NAME = "prober";

    /**
     * Its heap holds two copies of the status table, a plan, and what a few looks read; the rest is what a JVM of some thousand classes
     * and a dozen threads takes.
     */
    static final JvmMemory MEMORY = new JvmMemory(24L << 20, 48L << 20, 16L << 20, 4L << 20, 512L << 10, true);

    /** Beside the worker's own jars: all of Coppice's. */
    private static final String ALL_JARS = "lib";

    /** The native part of what calls the C library, as the launcher has it: else each prober would unpack it to where others may write. */
    private static final String NATIVES =
            ChildPlanner.LIBC_JARS + "/jni/" + System.getProperty("os.arch").replace("amd64", "x86_64") + "-Linux";

    private ProberPlan() {}

    /** @param workerLib the directory of the worker's own jars */
    static ChildPlan of(CompileOptions options, Path workerLib, InstanceDirectory directory) {
        // Its launch number is 0: what it does is in the plan that it reads, and no change of that starts it anew.
        return new ChildPlanBuilder(NAME, ChildPlan.Kind.AUXILIARY)
                .argv(argv(options, workerLib, directory))
                .environment(ChildEnvironment.of(options.surroundings().environment(), Map.of()))
                .startTimeouts(StartTimeouts.of(1))
                .restart(RestartPolicy.ALWAYS)
                .backoff(new Backoff(10, 2, 10_000, 60_000, 0))
                .shutdown(Shutdown.bySignal("TERM", 5_000))
                .plan();
    }

    private static List<String> argv(CompileOptions options, Path workerLib, InstanceDirectory directory) {
        List<String> argv = new ArrayList<>();
        argv.add(options.javaHome().resolve("bin/java").toString());
        argv.add("-Xmx" + MEMORY.heapBytes());
        argv.add("-Xss" + MEMORY.stackBytes() / 1024 + "k");
        argv.add("-XX:+UseSerialGC");
        argv.add("-XX:TieredStopAtLevel=1");
        argv.add("-XX:MaxMetaspaceSize=" + MEMORY.metaspaceBytes());
        argv.add("-XX:ReservedCodeCacheSize=" + MEMORY.codeCacheBytes());
        argv.add("-XX:MaxDirectMemorySize=" + MEMORY.directBytes());
        argv.add("-XX:+ExitOnOutOfMemoryError");
        argv.add("-XX:+DisableAttachMechanism");
        argv.addAll(WorkerJvm.quietOptions(options.javaFeature(), WorkerJvm.errorFileInLogs(directory, NAME)));
        // For the sandboxes of programs.
        if (options.javaFeature() >= ChildPlanner.NATIVE_ACCESS_WARNS_SINCE) {
            argv.add("--enable-native-access=ALL-UNNAMED");
        }
        argv.add("-Djffi.boot.library.path=" + workerLib.resolveSibling(NATIVES));
        Path launcher = options.launcher();
        if (launcher != null) {
            argv.add("-D" + CompileOptions.LAUNCHER_PROPERTY + "=" + launcher);
        }
        argv.add("-cp");
        argv.add(workerLib.resolveSibling(ALL_JARS) + "/*");
        argv.add(ProberMain.class.getName());
        argv.add(directory.instance());
        argv.add(directory.directory().toString());
        argv.add(SandboxPlanner.archives(options.surroundings()).toString());
        return argv;
    }
}
