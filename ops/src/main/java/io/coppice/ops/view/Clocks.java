package io.coppice.ops.view;

import java.util.function.LongSupplier;

/**
 * The two clocks of a view, so that tests can fix them.
 *
 * @param monotonicNs CLOCK_MONOTONIC in nanoseconds; on Linux that is what {@code System.nanoTime()} reads, so times that
 *     the root stored can be compared with it
 * @param epochMs milliseconds since 1970-01-01 UTC
 */
public record Clocks(LongSupplier monotonicNs, LongSupplier epochMs) {
    /** The machine's clocks. */
    public static Clocks system() {
        return new Clocks(System::nanoTime, System::currentTimeMillis);
    }

    long nowNs() {
        return monotonicNs.getAsLong();
    }

    long nowEpochMs() {
        return epochMs.getAsLong();
    }
}
