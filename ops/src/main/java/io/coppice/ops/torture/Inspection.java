package io.coppice.ops.torture;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The thread of an {@link Inspector}: looks again and again, until it is ended or cannot. */
final class Inspection {
    /** Between two looks: the daemons need the processors more. */
    private static final long PAUSE_NS = 20_000_000;

    private final Inspector inspector;
    private final Thread thread = new Thread(this::run, "coppice-torture-inspect");
    private volatile boolean ended;
    private volatile @Nullable String broken;

    Inspection(Inspector inspector) {
        this.inspector = inspector;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!ended) {
                inspector.inspect();
                LockSupport.parkNanos(PAUSE_NS);
            }
        } catch (Throwable e) {
            // Whatever it is: a run that nobody looks at any more must not end as one in which nothing was found.
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            broken = "The inspection failed: " + trace;
        }
    }

    /** Why it ended by itself, null if it did not. Any thread. */
    @Nullable
    String broken() {
        return broken;
    }

    /** Waits until it looks no more; the inspector is the caller's then. */
    void end() throws InterruptedException {
        ended = true;
        thread.join();
    }
}
