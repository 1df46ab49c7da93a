package io.coppice.worker.runtime;

import io.coppice.worker.jvm.SignOfLife;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The agent's one thread in a program's JVM: publishes figures, asks the signs of life, and beats if all of them say that all is well.
 *
 * <p>Looks a third of the heartbeat timeout apart, as an idle worker's loop does, and every five seconds at least, so that the figures say
 * something; four times a second until the program is ready.
 */
final class AgentWatch implements Runnable {
    private static final long NANOS_PER_MS = 1_000_000;
    private static final long LONGEST_PAUSE_NS = 5_000 * NANOS_PER_MS;
    private static final long STARTING_PAUSE_NS = 250 * NANOS_PER_MS;

    private final AgentSegment segment;
    private final List<SignOfLife> signs;
    private final @Nullable Answers answers;
    private final long pauseNs;
    private final WorkerLog log;
    private boolean ready;

    /**
     * @param answers null if the root is not to ask for any
     * @param readyAtOnce whether the program is ready before the first look, or when all is well for the first time
     */
    AgentWatch(
            AgentSegment segment,
            List<SignOfLife> signs,
            @Nullable Answers answers,
            boolean readyAtOnce,
            long heartbeatMs,
            WorkerLog log) {
        this.segment = segment;
        this.signs = List.copyOf(signs);
        this.answers = answers;
        this.ready = readyAtOnce;
        this.pauseNs = Math.min(LONGEST_PAUSE_NS, heartbeatMs * NANOS_PER_MS / DutyCycle.BUMPS_PER_HEARTBEAT_TIMEOUT);
        this.log = log;
    }

    /** Until the JVM ends. */
    @Override
    public void run() {
        if (answers == null) {
            segment.watched();
        } else {
            segment.watchedBy(answers);
        }
        if (ready) {
            segment.ready();
        }
        while (true) {
            long sinceNs = System.nanoTime();
            look();
            long pause = ready ? pauseNs : Math.min(pauseNs, STARTING_PAUSE_NS);
            long leftNs = pause - (System.nanoTime() - sinceNs);
            while (leftNs > 0) {
                LockSupport.parkNanos(this, leftNs);
                leftNs = pause - (System.nanoTime() - sinceNs);
            }
        }
    }

    private void look() {
        String fault;
        try {
            segment.figures();
            fault = fault();
        } catch (Throwable thrown) {
            // A JVM that is out of memory, most likely. Whatever it is, nobody can vouch for this program now.
            fault = "the agent cannot look: " + LastWords.firstLine(thrown);
        }
        if (fault == null) {
            ready = true;
            segment.well();
        } else if (segment.unwell(LastWords.cut(fault)) && ready) {
            log.log("no heartbeat: " + fault, null);
        }
    }

    private @Nullable String fault() {
        for (SignOfLife sign : signs) {
            String fault = sign.fault();
            if (fault != null) {
                return fault;
            }
        }
        return null;
    }
}
