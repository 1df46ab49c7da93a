package io.coppice.worker.runtime;

import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The worker's own few lines on standard error, which the root has pointed at the daemon's log file. Not slf4j: a
 * daemon's class path need not have a provider, and without one these lines would vanish. Any thread.
 */
final class WorkerLog implements Consumer<String> {
    /**
     * The memory library's own log level, should slf4j-simple be the provider: it greets at INFO, and at ERROR recommends JVM
     * flags that a worker has no use for. Neither belongs into a daemon's log.
     */
    private static final String LIBRARY_LOG_LEVEL = "org.slf4j.simpleLogger.log.net.openhft";

    private final PrintStream out;
    private final String daemon;

    WorkerLog(PrintStream out, String daemon) {
        this.out = out;
        this.daemon = daemon;
    }

    /** Keeps libraries from saying what is nobody's concern here; unless somebody has decided otherwise. Before their first use. */
    static void silenceLibraries() {
        if (System.getProperty(LIBRARY_LOG_LEVEL) == null) {
            System.setProperty(LIBRARY_LOG_LEVEL, "off");
        }
    }

    @Override
    public void accept(String line) {
        log(line, null);
    }

    void log(String line, @Nullable Throwable thrown) {
        String stamped = Instant.now().truncatedTo(ChronoUnit.MILLIS) + " coppice worker " + daemon + ": " + line;
        synchronized (out) {
            out.println(stamped);
            if (thrown != null) {
                printTrace(thrown);
            }
            out.flush();
        }
    }

    /** What an exception says of itself is its thrower's code, too. */
    private void printTrace(Throwable thrown) {
        try {
            thrown.printStackTrace(out);
        } catch (Throwable e) {
            out.println(LastWords.of(thrown));
        }
    }
}
