package io.coppice.supervisor.core;

import java.util.Objects;

/**
 * A process that is kept in reserve for one child: it boots, warms up and parks, and becomes the child's process by being
 * assigned. It owns nothing before that. Times are the supervisor's monotonic clock, nanoseconds.
 *
 * @param id names it among the standbys of its child, 1 or more; never used again
 * @param pid 0 while it is being spawned
 * @param startTicks when the kernel started that process, 0 while it is being spawned
 * @param launchedAs {@link ChildSpec#launch} as of its spawn: under another one it is of no use
 * @param sinceNs when the phase was entered
 * @param deadlineNs when a boot has taken too long, or a kill is repeated; {@link ChildState#NEVER} for none
 * @param paused its boot is stopped, because something is being started that people wait for
 */
public record Standby(
        long id,
        Phase phase,
        int pid,
        long startTicks,
        long launchedAs,
        long sinceNs,
        long deadlineNs,
        boolean paused) {
    /** Where a standby is in its life, up to its assignment. */
    public enum Phase {
        /** SpawnStandby was commanded and no answer has come back. */
        SPAWNING,
        /** On record, told to warm up. */
        BOOTING,
        /** Warm, and waiting for its line. */
        PARKED,
        /** Not wanted any more: its process group was sent KILL. */
        ENDING
    }

    public Standby {
        Objects.requireNonNull(phase);
    }

    /** One whose spawn is commanded now. */
    static Standby spawning(long id, long launchedAs, long nowNs) {
        return new Standby(id, Phase.SPAWNING, ChildState.NO_PID, 0, launchedAs, nowNs, ChildState.NEVER, false);
    }

    /** The same in another phase. */
    Standby in(Phase next, long nowNs, long nextDeadlineNs) {
        return new Standby(id, next, pid, startTicks, launchedAs, nowNs, nextDeadlineNs, false);
    }

    Standby withProcess(int newPid, long newStartTicks) {
        return new Standby(id, phase, newPid, newStartTicks, launchedAs, sinceNs, deadlineNs, paused);
    }

    Standby withDeadline(long newDeadlineNs, boolean newPaused) {
        return new Standby(id, phase, pid, startTicks, launchedAs, sinceNs, newDeadlineNs, newPaused);
    }

    /** True while there is a process that can be sent a signal. */
    public boolean hasProcess() {
        return pid != ChildState.NO_PID;
    }
}
