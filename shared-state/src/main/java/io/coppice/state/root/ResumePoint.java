package io.coppice.state.root;

import java.util.List;

/**
 * What, beside its row of the status table, a root needs to go on with a child where a root that died had left off. Codes are
 * the supervisor's own. Times ending in {@code Ns} are CLOCK_MONOTONIC, {@link Long#MAX_VALUE} for never.
 *
 * @param phase finer than the state in the status table; 0 none was stored
 * @param sinceNs when it was entered
 * @param deadlineNs when it ends by itself
 * @param session the session that the process is in, 0 none
 * @param stage of its start
 * @param stageSinceNs when that was entered
 * @param startNs time spent in the first stage before that; likewise the next two
 * @param stopAsked the end of the process was asked for
 * @param restartDue the next launch counts as a restart
 * @param verdict what the process was found guilty of, 0 nothing
 * @param killSignal the latest signal that an operator asked for, 0 none
 * @param killAtNs when that was
 * @param streak restarts since the backoff was last reset
 * @param poisonDeaths deaths in a row that the poison rule counts
 * @param fallbacks made since an incarnation last lasted
 * @param fallbackDue what the next incarnation is told to fall back to, 0 nothing
 * @param exitIncarnation the incarnation whose end the status table tells
 * @param exitAtNs when that was
 * @param launchedAs what the latest process was launched with, as one number
 * @param assigned the process was a standby before
 * @param pipeInode the inode of the pipe that lets it go, if it was a standby; else 0
 * @param lastStandby number of the latest standby, 0 none
 * @param refillAtNs not before that is another standby launched
 * @param standbyFailures standbys in a row that came to nothing
 * @param standbysPutOff how often in a row another one was put off
 * @param endDue it is to end when those that depend on it have
 * @param fate what follows an end that was asked for
 * @param restartsWith place of the group that it is restarted with, from 1 on; 0 none
 * @param unhealthy a probe found it unwell
 * @param logStartBytes how long its log file was when the process was launched
 * @param served of a slot: the request that its process was launched for, 0 none
 * @param attempts launches for the request that the status table names
 * @param workOver that request has come to its end
 * @param workLeaving the process has committed its result, and was left to end by itself
 * @param workStopped an end was asked for that the request does not undo
 * @param failedAtNs the failures that count, oldest first; of more than {@link #FAILURES_KEPT} the newest are kept
 */
public record ResumePoint(
        long phase,
        long sinceNs,
        long deadlineNs,
        long session,
        long stage,
        long stageSinceNs,
        long startNs,
        long recoverNs,
        long migrateNs,
        boolean stopAsked,
        boolean restartDue,
        long verdict,
        long killSignal,
        long killAtNs,
        long streak,
        long poisonDeaths,
        long fallbacks,
        long fallbackDue,
        long exitIncarnation,
        long exitAtNs,
        long launchedAs,
        boolean assigned,
        long pipeInode,
        long lastStandby,
        long refillAtNs,
        long standbyFailures,
        long standbysPutOff,
        boolean endDue,
        long fate,
        long restartsWith,
        boolean unhealthy,
        long logStartBytes,
        long served,
        long attempts,
        boolean workOver,
        boolean workLeaving,
        boolean workStopped,
        List<Long> failedAtNs) {
    /** Failures stored of one child. */
    public static final int FAILURES_KEPT = RootLayouts.FAILURES_KEPT;

    /** Keeps the newest failures. */
    public ResumePoint {
        failedAtNs = FailureTimes.newest(failedAtNs);
    }
}
