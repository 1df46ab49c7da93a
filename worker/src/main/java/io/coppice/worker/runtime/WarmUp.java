package io.coppice.worker.runtime;

import java.io.OutputStream;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/**
 * What a standby does before it is parked, and what a process does that is to train an archive: all that an assigned worker
 * will have to do, as far as that can be done without its segment and without running anything of the daemon's.
 *
 * <ol>
 *   <li>{@link DaemonClasses}: loads and links the daemon's classes, and initialises none,
 *   <li>{@link MainClass#prepare}: links the call of the daemon's constructor, and does not make it,
 *   <li>{@link DaemonWarmUp}: the daemon's own {@code warmUp}, if it has one,
 *   <li>{@link LibcLoader}: loads what the loop word needs, if that is a fence of this daemon's,
 *   <li>{@link ScratchWorker}: lives the life of a worker again and again, with a daemon of its own on a scratch segment, until
 *       the JVM has compiled what leads from the line that assigns a process to its first commit.
 * </ol>
 *
 * <p>A part that fails is said in one line of the log, and left out: a standby that is less warm is still a standby. It leaves
 * no thread, no descriptor and no file behind, and a heap that was collected near its end, so that the first objects of a worker
 * lie where pages are touched already. Main thread.
 */
final class WarmUp implements Runnable {
    private final WorkerArguments arguments;
    private final @Nullable LibcLoader libc;
    private final WorkerLog log;

    /** @param libc null if it is not needed */
    WarmUp(WorkerArguments arguments, @Nullable LibcLoader libc, WorkerLog log) {
        this.arguments = arguments;
        this.libc = libc;
        this.log = log;
    }

    @Override
    public void run() {
        part("loading the daemon's classes", () -> DaemonClasses.load(arguments.mainClass()));
        if (libc != null) {
            libc.load();
        }
        part("linking the daemon's constructor", () -> MainClass.prepare(arguments.mainClass()));
        part("what needs scratch memory", this::useScratch);
    }

    /** The daemon's own part first: what comes last is warmest, and collects the heap. */
    private void useScratch() throws Exception {
        try (ScratchDirectory scratch = ScratchDirectory.make()) {
            part("the daemon's own warmUp", () -> DaemonWarmUp.run(arguments, scratch));
        }
        try (ScratchDirectory scratch = ScratchDirectory.make()) {
            part("the run on scratch memory", () -> new ScratchWorker(arguments, scratch, libc).run());
        }
    }

    private void part(String what, Part part) {
        part(what, log, part);
    }

    /** Does a part, or says why it is left out. */
    static void part(String what, WorkerLog log, Part part) {
        try {
            part.run();
        } catch (Throwable thrown) {
            log.log("warm-up: " + what + " is left out: " + LastWords.firstLine(thrown), null);
        }
    }

    /** What a scratch run has to say goes nowhere. */
    static WorkerLog unheard(String name) {
        return new WorkerLog(new PrintStream(OutputStream.nullOutputStream()), name);
    }

    @FunctionalInterface
    interface Part {
        void run() throws Exception;
    }
}
