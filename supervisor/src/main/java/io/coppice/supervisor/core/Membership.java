package io.coppice.supervisor.core;

/**
 * A child's place in the tree of groups.
 *
 * @param group index of its group, {@link GroupSpec#OUTERMOST} for the instance itself
 * @param significant its own end may end the group, see {@link AutoShutdown}
 * @param escalates when its restarts are used up, its group has failed; otherwise it is given up and the others go on
 */
public record Membership(int group, boolean significant, boolean escalates) {
    /** In no group but the instance. */
    public static final Membership PLAIN = new Membership(GroupSpec.OUTERMOST, false, false);

    public Membership {
        if (group < 0) {
            throw new IllegalArgumentException("group " + group + ": expected 0 or more");
        }
    }
}
