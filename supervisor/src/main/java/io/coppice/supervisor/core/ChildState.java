package io.coppice.supervisor.core;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One child, as the supervisor knows it. All times are the supervisor's own monotonic clock, nanoseconds; {@link #NEVER}
 * stands for none.
 *
 * @param phase see {@link ChildPhase}; {@link #state} is what operators see
 * @param wanted what the operator wants
 * @param incarnation of the latest spawn attempt, 0 before the first; never reused
 * @param pid of the live process, {@link #NO_PID} without one
 * @param startTicks when the kernel started that process, 0 without one
 * @param sinceNs when the phase was entered
 * @param spawnedAtNs when the live process was spawned
 * @param readyAtNs when the live process became ready
 * @param deadlineNs when the phase ends by itself
 * @param start what its start has taken so far, {@link StartClock#STOPPED} before its release
 * @param stopAsked the end of the live process was asked for (stop, restart, shutdown): it is no failure
 * @param verdict what the live process was found guilty of
 * @param operatorKill the latest kill that an operator asked for of the live process
 * @param failures what the restart policy counts
 * @param poison what the poison rule counts
 * @param restarts launches that followed a death, over the root's whole life; not those an operator asked for by start or
 *     restart. One that is only decided on (backoff, waiting for a dependency) does not count yet
 * @param restartDue the next launch will be such a restart
 * @param launchedAs {@link ChildSpec#launch} as of the latest spawn attempt
 * @param assigned the live process was a standby before
 * @param standbys the processes in reserve
 * @param orders what it is to do because of others
 * @param healthy the live process is well, by the last word of its probes; true of one that has none
 * @param work what it works on; {@link Work#NONE} of one that is no slot
 * @param lastExit how it last ended
 */
public record ChildState(
        ChildSpec spec,
        ChildPhase phase,
        Wanted wanted,
        long incarnation,
        int pid,
        long startTicks,
        long sinceNs,
        long spawnedAtNs,
        long readyAtNs,
        long deadlineNs,
        StartClock start,
        boolean stopAsked,
        Verdict verdict,
        @Nullable OperatorKill operatorKill,
        FailureHistory failures,
        PoisonHistory poison,
        long restarts,
        boolean restartDue,
        long launchedAs,
        boolean assigned,
        StandbyPool standbys,
        Orders orders,
        boolean healthy,
        Work work,
        @Nullable LastExit lastExit) {

    public static final long NEVER = Long.MAX_VALUE;
    public static final int NO_PID = 0;

    /** Why the supervisor itself condemns a process. */
    public enum Verdict {
        NONE,
        HANG,
        START_TIMEOUT,
        /** A probe found it failing. */
        UNHEALTHY,
        /** A transaction was not done in time. */
        TIMEOUT
    }

    /** A signal that an operator had sent; the death it causes does not count as a failure. */
    public record OperatorKill(String signal, int signalNumber, long atNs) {
        public OperatorKill {
            Objects.requireNonNull(signal);
        }
    }

    public ChildState {
        Objects.requireNonNull(spec);
        Objects.requireNonNull(phase);
        Objects.requireNonNull(wanted);
        Objects.requireNonNull(start);
        Objects.requireNonNull(verdict);
        Objects.requireNonNull(failures);
        Objects.requireNonNull(poison);
        Objects.requireNonNull(standbys);
        Objects.requireNonNull(orders);
        Objects.requireNonNull(work);
    }

    /** The state that operators see. */
    public PublishedState state() {
        return phase.published();
    }

    /** The end of the backoff, {@link #NEVER} when not in backoff. */
    public long backoffUntilNs() {
        return phase == ChildPhase.BACKOFF ? deadlineNs : NEVER;
    }

    /** Failures that count towards {@code maxRestarts} (as of the last one). */
    public int failureCount() {
        return failures.recentNs().size();
    }

    /** True while a process of it may live, or a spawn is in flight, be it its own or a standby. */
    public boolean isAround() {
        return phase.occupied() || !standbys.standbys().isEmpty();
    }

    /** True while there is a process that can be sent a signal. */
    public boolean hasProcess() {
        return pid != NO_PID;
    }
}
