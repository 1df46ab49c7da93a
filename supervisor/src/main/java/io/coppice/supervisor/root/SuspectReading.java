package io.coppice.supervisor.root;

import io.coppice.supervisor.os.ThreadStat;

/** What is known of a worker that is silent, at one look. Of a mutable one, since looks allocate nothing. */
final class SuspectReading {
    /** Its loop thread was stopped by a signal, or by a debugger. */
    boolean stopped;

    /** Its loop thread ran, or wanted to. */
    boolean runnable;

    /** How long its loop thread ran so far; nanoseconds, or {@link ThreadStat#NOT_TOLD}. */
    long ranNs = ThreadStat.NOT_TOLD;

    /** How long its loop thread waited for a CPU so far, but for a wait that lasts; nanoseconds, or {@link ThreadStat#NOT_TOLD}. */
    long waitedNs = ThreadStat.NOT_TOLD;

    /** The count of its answers, any value; 0 if it answers none. */
    long answers;
}
