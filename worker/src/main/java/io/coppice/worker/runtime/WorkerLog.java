package io.coppice.worker.runtime;

import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The worker's own few lines on standard error, which the root has pointed at the daemon's log file. Not slf4j: a
 * daemon's class path need not have a provider, and without one these lines would vanish. Any thread.
 */
final class WorkerLog {
    private final PrintStream out;
    private final String daemon;

    WorkerLog(PrintStream out, String daemon) {
        this.out = out;
        this.daemon = daemon;
    }

    void log(String line, @Nullable Throwable thrown) {
        String stamped = Instant.now().truncatedTo(ChronoUnit.MILLIS) + " coppice worker " + daemon + ": " + line;
        synchronized (out) {
            out.println(stamped);
            if (thrown != null) {
                thrown.printStackTrace(out);
            }
            out.flush();
        }
    }
}
