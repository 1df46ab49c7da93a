package io.coppice.worker.runtime;

import io.coppice.state.Parting;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The shutdown hook: SIGTERM (SIGINT, SIGHUP) asks the loop to stop and waits for it. The loop halts the JVM itself,
 * with its own exit code, once it has called stop() and committed. Until there is a loop the hook does nothing, and the JVM
 * ends as any: so does one that is held, or parked.
 *
 * <p>A hook also runs when somebody's code calls {@link System#exit}. Then that code's status is the process's status:
 * if it is the loop thread that called, it never comes back, so there is nothing to wait for, and what its step had
 * changed is rolled back by the successor; if another thread called, the loop stops in good order first.
 */
final class StopHook implements Runnable {
    /** How often to look whether the stopping loop has called System.exit itself. */
    private static final long LOOK_MS = 20;

    private final WorkerLog log;
    private volatile @Nullable StopRequest loop;
    private volatile Consumer<String> lastWords = words -> {};

    StopHook(WorkerLog log) {
        this.log = log;
    }

    void install() {
        Runtime.getRuntime().addShutdownHook(new Thread(this, "coppice-stop"));
    }

    /**
     * From here on there is a loop to be asked.
     *
     * @param words takes what is left to be told of an end that the loop thread brought about by System.exit; called on the
     *     hook's thread, when that one does nothing any more
     */
    void arm(StopRequest request, Consumer<String> words) {
        lastWords = words;
        loop = request;
    }

    @Override
    public void run() {
        StopRequest stop = loop;
        if (stop == null) {
            return;
        }
        // Before the loop is asked: later on, a thread may call it in answer to a stop that was asked for.
        String caller = AgentExit.exitIn(Thread.getAllStackTraces());
        if (caller != null && !isInExit(stop.loop().getStackTrace())) {
            log.log(
                    "System.exit was called by " + caller.substring(Parting.SYSTEM_EXIT.length())
                            + "\nThe loop ends in order first",
                    null);
            stop.requestFor(caller);
        }
        while (stop.loop().isAlive()) {
            StackTraceElement[] frames = stop.loop().getStackTrace();
            if (isInExit(frames)) {
                String words = AgentExit.exitIn(stop.loop().getName(), frames);
                lastWords.accept(words == null ? Parting.SYSTEM_EXIT + "its loop" : LastWords.cut(words));
                log.log(
                        "System.exit was called by the daemon itself; what its last step changed is not committed",
                        null);
                return;
            }
            stop.request();
            try {
                stop.loop().join(LOOK_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Whether the JVM is going down because some thread called System.exit, not because of a signal. */
    static boolean exitWasCalled() {
        for (StackTraceElement[] frames : Thread.getAllStackTraces().values()) {
            if (isInExit(frames)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isInExit(StackTraceElement[] frames) {
        for (StackTraceElement frame : frames) {
            if (frame.getClassName().equals("java.lang.Runtime")
                    && frame.getMethodName().equals("exit")) {
                return true;
            }
        }
        return false;
    }
}
