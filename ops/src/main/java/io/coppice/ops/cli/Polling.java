package io.coppice.ops.cli;

import java.time.Duration;

/**
 * How often clients look again. They have no way to be told: the root does not know its readers, which is what keeps it
 * simple and them harmless.
 */
final class Polling {
    /** Short beside what people notice; one look costs microseconds. */
    static final Duration FOLLOW_INTERVAL = Duration.ofMillis(100);

    /** A stop or start often takes only milliseconds. */
    static final Duration AWAIT_INTERVAL = Duration.ofMillis(10);

    private Polling() {}

    /** Waits; false if this thread was interrupted, which asks the command to end. */
    static boolean pause(Duration interval) {
        try {
            Thread.sleep(interval.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
