package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.GroupSpec;
import io.coppice.supervisor.core.SupervisorState;
import java.util.Arrays;

/** How often in a row each group was restarted: what its next restart must wait follows from that. */
final class Streaks {
    private final Invariants moment;
    private final int[] streaks;
    private final int[] committedStreaks;

    Streaks(Invariants moment, int groups) {
        this.moment = moment;
        streaks = new int[groups];
        committedStreaks = new int[groups];
    }

    void forget() {
        Arrays.fill(streaks, 0);
    }

    void onCommitted() {
        System.arraycopy(streaks, 0, committedStreaks, 0, streaks.length);
    }

    void onAdoption(boolean endWasAsked) {
        System.arraycopy(committedStreaks, 0, streaks, 0, streaks.length);
        if (endWasAsked) {
            forget();
        }
    }

    /** A group that has failed is restarted. */
    void restarted(GroupSpec group, SupervisorState before, SupervisorState after, long nowNs) {
        int index = group.index();
        // Of a group within it as well.
        long lastNs = before.groups().get(index).restartAtNs();
        boolean lasted = nowNs - lastNs >= group.backoff().resetAfterNs();
        streaks[index] = lasted ? 1 : streaks[index] + 1;
        long waitNs = after.groups().get(index).restartAtNs() - nowNs;
        moment.check(
                "RESTARTS_COME_IN_TIME",
                PromptPredicates.isDelay(group.backoff(), streaks[index], waitNs),
                () -> "group " + group.name() + " waits " + waitNs + " ns, " + streaks[index] + " in a row");
    }
}
