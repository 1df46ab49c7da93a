package io.coppice.state.root;

/**
 * One process that is kept in reserve for a child, as its root had recorded it.
 *
 * @param id among the standbys of its child; 0 there is none
 * @param phase where it is in its life, see {@link StandbyPhase}
 * @param pid process id, 0 while it is being spawned
 * @param startTicks start time of the process, clock ticks since boot, 0 none
 * @param pidfdInode the inode of its pidfd, where that is its own until the next boot; else 0
 * @param pipeInode the inode of the pipe that is its standard input, by which it is let go; 0 none
 * @param session that the process is in
 * @param launchedAs what it was launched with, as one number
 * @param sinceNs when the phase was entered, CLOCK_MONOTONIC
 * @param deadlineNs when it ends by itself, CLOCK_MONOTONIC; {@link Long#MAX_VALUE} for never
 * @param paused its boot is stopped for now
 */
public record StandbyRecord(
        long id,
        StandbyPhase phase,
        long pid,
        long startTicks,
        long pidfdInode,
        long pipeInode,
        long session,
        long launchedAs,
        long sinceNs,
        long deadlineNs,
        boolean paused) {}
