package io.coppice.supervisor.plan;

/**
 * A child's place among the groups.
 *
 * @param group the name of its group, {@link GroupPlan#OUTERMOST} for the instance itself
 * @param significant its own end may end the group, as the group's {@link AutoShutdown} says
 * @param escalates when its restarts are used up, its group has failed
 */
public record Membership(String group, boolean significant, boolean escalates) {
    /** In no group but the instance. */
    public static final Membership PLAIN = new Membership(GroupPlan.OUTERMOST, false, false);

    public Membership {
        if (!group.equals(GroupPlan.OUTERMOST)) {
            PlanBounds.requireName("group", group);
        }
    }
}
