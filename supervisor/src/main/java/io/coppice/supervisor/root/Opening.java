package io.coppice.supervisor.root;

import io.coppice.supervisor.plan.ControlAccess;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.Plan;

/**
 * To whom but the root's user an instance's own files are open: those who may ask the root, or workers that are users of their own. Pure.
 *
 * @param group whose members read the root's segment; {@link ControlAccess#NO_GROUP} for nobody
 * @param another whose members do, too; likewise
 * @param workers whether everybody may pass through the directories: each file in there has a mode of its own, and a directory has room
 *     for one group
 */
record Opening(long group, long another, boolean workers) {
    /** Only for the root's user. */
    static final Opening NONE = new Opening(ControlAccess.NO_GROUP, ControlAccess.NO_GROUP, false);

    static Opening of(Plan plan) {
        return plan.isolation() == Isolation.USER
                ? new Opening(plan.readers(), plan.access().group(), true)
                : new Opening(plan.access().group(), ControlAccess.NO_GROUP, false);
    }

    /** Whether there is anybody. */
    boolean isToOthers() {
        return group != ControlAccess.NO_GROUP;
    }
}
