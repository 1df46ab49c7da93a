package io.coppice.supervisor.plan;

import java.util.List;

/**
 * Who may ask a root by its control socket, besides its own user and user 0: the kernel's numbers, as whoever made the plan resolved them.
 *
 * @param group whose members may connect and look; {@link #NO_GROUP} for nobody
 * @param users who may have something changed, if they can connect; ascending, each once
 * @param groups whose members may, likewise
 */
public record ControlAccess(long group, List<Long> users, List<Long> groups) {
    /** In place of a group: nobody else may connect. */
    public static final long NO_GROUP = -1;

    /** Nobody but the root's own user and user 0. */
    public static final ControlAccess OWN_USER = new ControlAccess(NO_GROUP, List.of(), List.of());

    public ControlAccess {
        PlanBounds.requireBetween("control group", group, NO_GROUP, PlanBounds.MAX_ID);
        users = List.copyOf(users);
        groups = List.copyOf(groups);
        requireIds("users who may have something changed", users);
        requireIds("groups that may have something changed", groups);
        PlanBounds.require(
                group != NO_GROUP || (users.isEmpty() && groups.isEmpty()),
                () -> "control group: there is none, so nobody else can connect to have something changed");
    }

    /** Whether anybody else may connect. */
    public boolean isShared() {
        return group != NO_GROUP;
    }

    private static void requireIds(String what, List<Long> ids) {
        PlanBounds.requireLength(what, ids, PlanBounds.MAX_ACCESS_LENGTH);
        long before = -1;
        for (long id : ids) {
            PlanBounds.requireBetween(what, id, 0, PlanBounds.MAX_ID);
            long last = before;
            PlanBounds.require(id > last, () -> what + ": " + id + " comes after " + last);
            before = id;
        }
    }
}
