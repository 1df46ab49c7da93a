package io.coppice.ops.cli;

import java.util.function.BooleanSupplier;

/** Waits for a condition under a watchdog. */
final class Await {
    private static final long WATCHDOG_NS = 60_000_000_000L;

    private Await() {}

    static void until(String what, BooleanSupplier condition) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNs > WATCHDOG_NS) {
                throw new AssertionError("waited in vain for " + what);
            }
            Thread.onSpinWait();
        }
    }
}
