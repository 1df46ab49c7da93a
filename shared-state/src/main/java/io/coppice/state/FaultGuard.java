package io.coppice.state;

/**
 * Makes the JVM deliver a fault of a mapped read here and not later. When somebody truncates a mapped file, compiled code
 * goes on after the faulting read, and the InternalError is thrown when the thread next enters the VM in a way that checks
 * for it: that can be far behind the catch that waits for it. On JDK 17 neither a call of a native method nor a safepoint
 * poll is such a way; the allocation of an array of arrays is, on 17 and 25, interpreted and compiled.
 */
final class FaultGuard {
    /** More than C2 turns into single allocations (MultiArrayExpandLimit, 6). */
    private static final int ROWS = 8;

    private static volatile byte[][] sink = new byte[0][0];

    private FaultGuard() {}

    /** Throws InternalError if a read of this thread faulted. Allocates; only called when a read looks as if it had. */
    static void deliverPendingFault() {
        sink = new byte[ROWS][sink.length > ROWS ? 2 : 1];
    }
}
