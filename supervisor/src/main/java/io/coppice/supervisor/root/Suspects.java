package io.coppice.supervisor.root;

import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ThreadStat;

/**
 * The close look at a worker that is silent. A worker whose heart beats is never looked at so, and costs nothing.
 *
 * <p>Duty-cycle thread only; allocates nothing.
 */
final class Suspects {
    /** The question: SIGWINCH, which a process that does not listen to it ignores. The same number on all that the root runs on. */
    private static final int QUESTION = 28;

    private final SegmentWatch segments;
    private final ThreadStat thread = new ThreadStat();
    private final SuspectReading reading = new SuspectReading();

    Suspects(SegmentWatch segments) {
        this.segments = segments;
    }

    /** Valid until the next. If nothing can be told, nothing is excused. */
    SuspectReading look(ChildProcess child) {
        PidFd pidFd = child.pidFd;
        boolean told = pidFd != null && thread.read(pidFd.pid(), segments.loopThread(child));
        reading.stopped = told && thread.isStopped();
        reading.runnable = told && thread.isRunnable();
        reading.ranNs = told ? thread.ranNs() : ThreadStat.NOT_TOLD;
        reading.waitedNs = told ? thread.waitedNs() : ThreadStat.NOT_TOLD;
        reading.answers = segments.answers(child);
        return reading;
    }

    /** Has one of its threads other than its loop count its answers up, as soon as any can run. */
    void ask(ChildProcess child) {
        PidFd pidFd = child.pidFd;
        if (pidFd != null) {
            pidFd.signal(QUESTION);
        }
    }
}
