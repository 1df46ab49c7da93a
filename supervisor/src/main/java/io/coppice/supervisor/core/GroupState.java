package io.coppice.supervisor.core;

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
}
