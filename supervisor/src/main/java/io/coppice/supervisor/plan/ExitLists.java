package io.coppice.supervisor.plan;

/**
 * What single ways of ending mean, beside the restart policy.
 *
 * @param success as good as exit code 0
 * @param prevent never followed by a restart
 * @param force always followed by a restart, unless it is in {@code prevent} as well
 */
public record ExitLists(ExitSet success, ExitSet prevent, ExitSet force) {
    public static final ExitLists NONE = new ExitLists(ExitSet.EMPTY, ExitSet.EMPTY, ExitSet.EMPTY);
}
