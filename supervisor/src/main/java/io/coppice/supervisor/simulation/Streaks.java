package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.GroupSpec;
import io.coppice.supervisor.core.SupervisorState;
import java.util.Arrays;

/** How often in a row each group was restarted, and when last: what its next restart must wait follows from that. */
final class Streaks {
    private final Invariants moment;
    private int[] streaks;
    private long[] lastNs;
    private int[] committedStreaks;
    private long[] committedLastNs;

    Streaks(Invariants moment, int groups) {
        this.moment = moment;
        streaks = new int[groups];
        lastNs = new long[groups];
        committedStreaks = new int[groups];
        committedLastNs = new long[groups];
    }

    void forget() {
        Arrays.fill(streaks, 0);
        Arrays.fill(lastNs, 0);
    }

    void onCommitted() {
        committedStreaks = streaks.clone();
        committedLastNs = lastNs.clone();
    }

    void onAdoption(boolean endWasAsked) {
        streaks = committedStreaks.clone();
        lastNs = committedLastNs.clone();
        if (endWasAsked) {
            forget();
        }
    }

    /** A group that has failed is restarted. */
    void restarted(GroupSpec group, SupervisorState after, long nowNs) {
        int index = group.index();
        boolean lasted = nowNs - lastNs[index] >= group.backoff().resetAfterNs();
        streaks[index] = lasted ? 1 : streaks[index] + 1;
        lastNs[index] = after.groups().get(index).restartAtNs();
        long waitNs = lastNs[index] - nowNs;
        moment.check(
                "RESTARTS_COME_IN_TIME",
                PromptPredicates.isDelay(group.backoff(), streaks[index], waitNs),
                () -> "group " + group.name() + " waits " + waitNs + " ns, " + streaks[index] + " in a row");
    }
}
