package io.coppice.supervisor.plan;

/**
 * Children and groups that are restarted and given up together.
 *
 * @param name {@code [a-z0-9-]{1,32}}, {@link #OUTERMOST} for the instance itself
 * @param maxRestarts restarts of members within {@code periodMs} before it has failed; -1 unlimited
 * @param periodMs the window of {@code maxRestarts}, at least 1
 * @param backoff how long a restart of the group as a whole waits
 * @param membership of the group in its parent; without meaning for the outermost
 */
public record GroupPlan(
        String name,
        Strategy strategy,
        int maxRestarts,
        long periodMs,
        Backoff backoff,
        AutoShutdown autoShutdown,
        Membership membership) {
    /** The name of the outermost group. */
    public static final String OUTERMOST = "";

    /** Largest number of groups, with the outermost one: the rows of the root's table of groups. */
    public static final int MAX_GROUPS = 64;

    /** Of an instance whose manifest says nothing of groups. */
    public static final GroupPlan INSTANCE = new GroupPlan(
            OUTERMOST,
            Strategy.ONE_FOR_ONE,
            ChildPlan.UNLIMITED_RESTARTS,
            60_000,
            Backoff.NONE,
            AutoShutdown.NEVER,
            Membership.PLAIN);

    public GroupPlan {
        if (!name.equals(OUTERMOST)) {
            PlanBounds.requireName("group", name);
        }
        PlanBounds.requireBetween(
                "max_restarts of group " + name, maxRestarts, ChildPlan.UNLIMITED_RESTARTS, PlanBounds.MAX_RESTARTS);
        PlanBounds.requireBetween("period of group " + name + " (ms)", periodMs, 1, PlanBounds.MAX_DURATION_MS);
    }
}
