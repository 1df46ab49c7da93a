package io.coppice.state.root;

import java.util.List;

/**
 * What a root needs of a group to go on where one that died had left off.
 *
 * @param name empty for the outermost group
 * @param streak restarts of it as a whole since its backoff was last reset
 * @param restartAtNs when it was last restarted as a whole, or will be, CLOCK_MONOTONIC; 0 never
 * @param done it has come to its end
 * @param failedAtNs the restarts of members that count, oldest first; of more than {@link ResumePoint#FAILURES_KEPT} the newest are kept
 */
public record GroupRecord(String name, long streak, long restartAtNs, boolean done, List<Long> failedAtNs) {
    /** Keeps the newest failures. */
    public GroupRecord {
        failedAtNs = FailureTimes.newest(failedAtNs);
    }
}
