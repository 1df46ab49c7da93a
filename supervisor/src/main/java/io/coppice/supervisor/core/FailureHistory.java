package io.coppice.supervisor.core;

import java.util.ArrayList;
import java.util.List;

/**
 * What the restart policy remembers of a child.
 *
 * @param recentNs when it failed, oldest first: the failures within the period (none are kept when restarts are
 *     unlimited)
 * @param streak restarts since the backoff was last reset
 */
public record FailureHistory(List<Long> recentNs, int streak) {
    public static final FailureHistory EMPTY = new FailureHistory(List.of(), 0);

    public FailureHistory {
        recentNs = List.copyOf(recentNs);
        if (streak < 0) {
            throw new IllegalArgumentException("streak: " + streak + " must be 0 or more");
        }
    }

    /** With one more failure, without those that are {@code periodNs} old or older. */
    FailureHistory withFailure(long nowNs, long periodNs) {
        List<Long> recent = new ArrayList<>(recentNs.size() + 1);
        for (Long failedNs : recentNs) {
            if (nowNs - failedNs < periodNs) {
                recent.add(failedNs);
            }
        }
        recent.add(nowNs);
        return new FailureHistory(recent, streak);
    }

    /** With one more restart in the streak; the count stops at the largest int. */
    FailureHistory withRestart() {
        return new FailureHistory(recentNs, streak == Integer.MAX_VALUE ? streak : streak + 1);
    }

    FailureHistory withoutStreak() {
        return new FailureHistory(recentNs, 0);
    }
}
