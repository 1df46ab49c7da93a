package io.coppice.supervisor.root;

import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the duty cycle costs: its turns always, and the bytes that its thread has allocated if the system property
 * {@value #PROPERTY} is {@code true}, since that loads the JVM's management classes, which a root does not need otherwise.
 *
 * <p>Duty-cycle thread only; counting allocates nothing.
 */
final class RootMeter {
    /** {@code COPPICE_ROOT_OPTIONS=-Dcoppice.root.measure=true} sets it through the launcher. */
    static final String PROPERTY = "coppice.root.measure";

    private final com.sun.management.@Nullable ThreadMXBean threads;
    private long turns;

    private RootMeter(com.sun.management.@Nullable ThreadMXBean threads) {
        this.threads = threads;
    }

    /** To be called by the thread that runs the duty cycle. */
    static RootMeter create() {
        return new RootMeter(
                Boolean.getBoolean(PROPERTY)
                                && ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean bean
                        ? bean
                        : null);
    }

    void onTurn() {
        turns++;
    }

    long turns() {
        return turns;
    }

    long allocatedBytes() {
        return threads == null ? 0 : threads.getCurrentThreadAllocatedBytes();
    }
}
