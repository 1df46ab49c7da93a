package io.coppice.supervisor.root;

import java.util.concurrent.locks.LockSupport;

/**
 * From the making of this until it {@link #isOver}, a signal that ends the root is told in one line: it comes before {@link SignalInbox}
 * answers any, so the JVM ends by itself, and without a word nobody would know what that leaves. What comes before {@code main} runs is told
 * by nobody.
 *
 * <p>The JVM runs what is registered here on a thread of its own when it ends, but not when it is halted.
 */
final class EarlySignal {
    private final Thread told = new Thread(() ->
            System.err.println("coppice: asked to end by a signal while the root was starting: it has launched nothing."
                    + " What an earlier root may have left is as it was; `coppice status` tells."));

    EarlySignal() {
        Runtime.getRuntime().addShutdownHook(told);
    }

    /** From here on signals are answered. Does not return if one has come before, and the JVM is ending: nothing is to be launched then. */
    void isOver() {
        try {
            Runtime.getRuntime().removeShutdownHook(told);
        } catch (IllegalStateException e) {
            awaitTheEnd();
        }
    }

    private static void awaitTheEnd() {
        while (true) {
            LockSupport.park();
        }
    }
}
