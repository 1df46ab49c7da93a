package io.coppice.supervisor.os;

import java.util.concurrent.atomic.AtomicInteger;
import jnr.constants.platform.Signal;
import jnr.posix.util.SunMiscSignal;

/**
 * SIGTERM, SIGINT and SIGHUP as numbers for the duty cycle.
 *
 * <p>The handlers go into the JVM's own dispatcher by jnr-posix's {@code SunMiscSignal}, so they run on an ordinary thread
 * of the JVM. jnr-posix's {@code POSIX.signal} would call Java from within the interrupted native code, in whatever
 * state that thread was, with its locks held; that can hang or crash the JVM.
 */
public final class TerminationSignals {
    private TerminationSignals() {}

    /**
     * From now on the three signals end nothing by themselves: the last number is in {@code lastSignal} and {@code fd} is
     * signalled. A SIGHUP does not overwrite a SIGTERM or SIGINT that has not been taken (set back to 0) yet. What
     * the process was started to ignore stays ignored: SIGHUP by nohup, SIGINT by a script that starts it with {@code &}.
     *
     * @throws IllegalArgumentException when the JVM runs with -Xrs, which leaves these signals to the system
     */
    public static void deliverTo(EventFd fd, AtomicInteger lastSignal) {
        handle(Signal.SIGTERM, fd, lastSignal);
        handle(Signal.SIGINT, fd, lastSignal);
        handle(Signal.SIGHUP, fd, lastSignal);
    }

    private static void handle(Signal signal, EventFd fd, AtomicInteger lastSignal) {
        SunMiscSignal.signal(signal, number -> {
            lastSignal.accumulateAndGet(number, TerminationSignals::pendingAfter);
            fd.signal();
        });
    }

    /** What is pending after {@code next} came while {@code pending} (0 for nothing) had not been taken. */
    static int pendingAfter(int pending, int next) {
        return next == Signal.SIGHUP.intValue() && pending != 0 ? pending : next;
    }
}
