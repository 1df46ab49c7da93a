package io.coppice.worker.runtime;

import java.util.concurrent.locks.LockSupport;

/** The one word that crosses threads: whether the loop should end. Set by the shutdown hook, read by the loop. */
final class StopRequest {
    private final Thread loop;
    private volatile boolean requested;

    StopRequest(Thread loop) {
        this.loop = loop;
    }

    Thread loop() {
        return loop;
    }

    boolean requested() {
        return requested;
    }

    /** Asks the loop to end, and wakes it if it idles. Any thread. */
    void request() {
        requested = true;
        LockSupport.unpark(loop);
    }
}
