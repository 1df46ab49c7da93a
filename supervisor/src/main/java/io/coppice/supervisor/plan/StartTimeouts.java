package io.coppice.supervisor.plan;

/**
 * How long a daemon may take from its release until it is ready, 1 to {@link PlanBounds#MAX_DURATION_MS} each.
 *
 * @param startMs without the time of the other two
 * @param recoverMs to recover its contents and to decide what to start from
 * @param migrateMs to make new contents of those of an old layout
 */
public record StartTimeouts(long startMs, long recoverMs, long migrateMs) {
    public StartTimeouts {
        PlanBounds.requireBetween("start timeout (ms)", startMs, 1, PlanBounds.MAX_DURATION_MS);
        PlanBounds.requireBetween("recover timeout (ms)", recoverMs, 1, PlanBounds.MAX_DURATION_MS);
        PlanBounds.requireBetween("migrate timeout (ms)", migrateMs, 1, PlanBounds.MAX_DURATION_MS);
    }

    /** The same for all three. */
    public static StartTimeouts of(long ms) {
        return new StartTimeouts(ms, ms, ms);
    }

    /** The three numbers as a plan has them. */
    String text() {
        return startMs + " " + recoverMs + " " + migrateMs;
    }
}
