package io.coppice.worker.runtime;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The one word that crosses threads: whether the loop should end, and for whom. Set by the shutdown hook, read by the loop. */
final class StopRequest {
    private final Thread loop;
    private volatile boolean requested;
    private volatile @Nullable String exit;

    StopRequest(Thread loop) {
        this.loop = loop;
    }

    Thread loop() {
        return loop;
    }

    boolean requested() {
        return requested;
    }

    /** Who called System.exit, and so made the loop end, as {@link AgentExit} tells it; null if it was asked to. */
    @Nullable
    String exit() {
        return exit;
    }

    /** As {@link #request()}, because another thread than the loop's called System.exit. */
    void requestFor(String caller) {
        exit = caller;
        request();
    }

    /** Asks the loop to end, and wakes it if it idles. Any thread. */
    void request() {
        requested = true;
        LockSupport.unpark(loop);
    }
}
