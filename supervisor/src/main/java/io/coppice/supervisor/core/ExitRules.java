package io.coppice.supervisor.core;

import java.util.Objects;

/**
 * What a manifest says of single ways of ending, beside the restart policy; named and meant as in systemd.
 *
 * @param success as good as exit code 0
 * @param prevent never followed by a restart, whatever the policy says
 * @param force always followed by a restart, whatever the policy says; {@code prevent} is stronger
 */
public record ExitRules(ExitSet success, ExitSet prevent, ExitSet force) {
    public static final ExitRules NONE = new ExitRules(ExitSet.EMPTY, ExitSet.EMPTY, ExitSet.EMPTY);

    public ExitRules {
        Objects.requireNonNull(success);
        Objects.requireNonNull(prevent);
        Objects.requireNonNull(force);
    }

    boolean isSuccess(ExitStatus status) {
        return LastExits.isCode(status, 0) || success.has(status);
    }
}
