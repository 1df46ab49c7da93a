package io.coppice.supervisor.core;

/**
 * A child's place in the tree of groups.
 *
 * @param group index of its group, {@link GroupSpec#OUTERMOST} for the instance itself, {@link #NO_GROUP}
 * @param significant its own end may end the group, see {@link AutoShutdown}
 * @param escalates when its restarts are used up, its group has failed; otherwise it is given up and the others go on
 */
public record Membership(int group, boolean significant, boolean escalates) {
    /** Stands for no group at all. */
    public static final int NO_GROUP = -1;

    /** In no group but the instance. */
    public static final Membership PLAIN = new Membership(GroupSpec.OUTERMOST, false, false);

    /** In no group, not even the instance: it serves the others, or one of them, and what becomes of it is its own affair. */
    public static final Membership UNGROUPED = new Membership(NO_GROUP, false, false);

    public Membership {
        if (group < NO_GROUP) {
            throw new IllegalArgumentException("group " + group + ": expected 0 or more");
        }
        if (group == NO_GROUP && (significant || escalates)) {
            throw new IllegalArgumentException("significant or escalating in no group");
        }
    }
}
