package io.coppice.worker.runtime;

import io.coppice.state.Parting;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The shutdown hook of a transaction's process: SIGTERM (SIGINT, SIGHUP) asks the task to end early, and waits for it. The main thread
 * halts the JVM itself; a task that does not return is killed by whoever sent the signal. Until there is a task the hook does nothing,
 * and the JVM ends as any.
 *
 * <p>A hook also runs when somebody's code calls {@link System#exit}. Then it leaves word of that and waits for nobody, whichever
 * thread it was: this attempt has failed, and what it had not committed does not count. (A daemon's loop, whose other threads call it,
 * ends in order first; a task has no such end.)
 */
final class TaskStopHook implements Runnable {
    /** How often to look whether somebody has called System.exit in answer to the stop. */
    private static final long LOOK_MS = 20;

    private final WorkerLog log;
    private volatile @Nullable StopRequest task;
    private volatile Consumer<String> lastWords = words -> {};

    TaskStopHook(WorkerLog log) {
        this.log = log;
    }

    void install() {
        Runtime.getRuntime().addShutdownHook(new Thread(this, "coppice-stop"));
    }

    /**
     * From here on there is a task to be asked.
     *
     * @param words takes what is left to be told of an end by System.exit; called on the hook's thread, beside the task's
     */
    void arm(StopRequest request, Consumer<String> words) {
        lastWords = words;
        task = request;
    }

    @Override
    public void run() {
        StopRequest stop = task;
        if (stop == null) {
            return;
        }
        while (stop.loop().isAlive()) {
            String caller = AgentExit.exitIn(Thread.getAllStackTraces());
            if (caller != null) {
                lastWords.accept(LastWords.cut(caller));
                log.log(
                        "System.exit was called by " + caller.substring(Parting.SYSTEM_EXIT.length())
                                + "\nThis attempt has no result; what is not committed does not count",
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
}
