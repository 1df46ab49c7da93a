package io.coppice.worker.jvm;

import java.util.List;

/**
 * One thread as one look found it.
 *
 * @param cpuNs how long it has run in all; -1 if the JVM does not tell
 * @param waits how often it has waited or been blocked in all
 * @param frames where it is, the innermost first; of a deep stack the innermost part
 */
record ThreadLook(long id, String name, Thread.State state, long cpuNs, long waits, List<StackTraceElement> frames) {
    ThreadLook {
        frames = List.copyOf(frames);
    }

    /**
     * Whether anything tells that this thread did something since an earlier look at it. Of one that has been blocked ever since its CPU time tells nothing:
     * the JVM itself may wake it up, once a second on JDK 17, to look whether the monitor is free.
     */
    boolean movedSince(ThreadLook earlier) {
        return waits != earlier.waits
                || state != earlier.state
                || !frames.equals(earlier.frames)
                || (cpuNs != earlier.cpuNs && state != Thread.State.BLOCKED);
    }
}
