package io.coppice.ops.prober;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.ProcFileSystem;
import io.coppice.supervisor.plan.ChildMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The process that looks after others; a child of the root, which ends it. */
public final class ProberMain {
    private static final int USAGE = 2;

    private ProberMain() {}

    /** Takes the name of the instance, its directory and the directory of archives. */
    public static void main(String[] arguments) throws InterruptedException, IOException {
        if (arguments.length != 3) {
            System.err.println(
                    "prober: expected INSTANCE DIRECTORY ARCHIVES; it is started by the root of an instance");
            System.exit(USAGE);
        }
        long uid = Integer.toUnsignedLong((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        InstanceDirectory instance = new InstanceDirectory(arguments[0], Path.of(arguments[1]));
        String mark = System.getenv(ChildMark.VARIABLE);
        AtomicInteger threads = new AtomicInteger();
        ExecutorService pool = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "look-" + threads.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        LooksOfPlan looks = new LooksOfPlan(
                instance,
                new ProcFileSystem(Path.of("/proc")),
                mark == null ? Map.of() : Map.of(ChildMark.VARIABLE, mark),
                new ProbeSandboxes(instance, Path.of(arguments[2]), uid));
        new Prober(instance, looks, pool, System.out).run();
    }
}
