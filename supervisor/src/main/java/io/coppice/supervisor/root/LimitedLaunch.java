package io.coppice.supervisor.root;

import io.coppice.supervisor.limits.ProcessGroup;
import io.coppice.supervisor.os.Admission;
import io.coppice.supervisor.os.ArgvPreparation;
import org.jspecify.annotations.Nullable;

/**
 * How one launch keeps the limits of its plan.
 *
 * @param group which its process is put into; null for none
 * @param entering what a shell does before all else; empty for nothing
 * @param preparation makes the group, and does what was to be done anyway; null for nothing
 */
record LimitedLaunch(
        @Nullable ProcessGroup group,
        String entering,
        @Nullable ArgvPreparation preparation) {
    /** Puts its process into the group; null for none. */
    @Nullable
    Admission admission() {
        return group == null ? null : group::enter;
    }
}
