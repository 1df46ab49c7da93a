package io.coppice.supervisor.core;

import java.util.List;
import java.util.Objects;

/**
 * One group, as the supervisor knows it.
 *
 * @param failures restarts of its members that count towards its {@code maxRestarts}, and the streak of its own restarts
 * @param restartAtNs when it was last restarted as a whole, or will be; 0 for never
 * @param done it was ended by {@link AutoShutdown}
 */
public record GroupState(GroupSpec spec, FailureHistory failures, long restartAtNs, boolean done) {
    public GroupState {
        Objects.requireNonNull(spec);
        Objects.requireNonNull(failures);
    }

    static GroupState fresh(GroupSpec spec) {
        return new GroupState(spec, FailureHistory.EMPTY, 0, false);
    }

    /**
     * A group has a new member, which is wanted up: it goes on, and so do those that it is in.
     *
     * @param groups by index; changed
     */
    static void goOnWithNewMember(List<GroupState> groups, int group) {
        int at = group;
        while (at != GroupSpec.NO_PARENT) {
            GroupState state = groups.get(at);
            groups.set(at, new GroupState(state.spec, state.failures, state.restartAtNs, false));
            at = state.spec.parent();
        }
    }
}
