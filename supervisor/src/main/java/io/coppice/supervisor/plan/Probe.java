package io.coppice.supervisor.plan;

/**
 * One probe of a child: what is looked at, how often, and how many looks decide.
 *
 * @param initialDelayMs from the child's launch to the first look
 * @param periodMs from the beginning of a look to that of the next, {@link #MIN_PERIOD_MS} or more
 * @param timeoutMs how long a look may take, 1 or more; what takes longer has failed
 * @param successThreshold looks in a row that must succeed before it is well, 1 to {@link #MAX_THRESHOLD}
 * @param failureThreshold looks in a row that must fail before it is not, likewise
 */
public record Probe(
        ProbeCheck check,
        long initialDelayMs,
        long periodMs,
        long timeoutMs,
        int successThreshold,
        int failureThreshold) {
    /** A look may start a process; more often would be load and no news. */
    public static final long MIN_PERIOD_MS = 100;

    public static final int MAX_THRESHOLD = 10_000;

    public Probe {
        PlanBounds.requireBetween("initial delay of a probe (ms)", initialDelayMs, 0, PlanBounds.MAX_DURATION_MS);
        PlanBounds.requireBetween("period of a probe (ms)", periodMs, MIN_PERIOD_MS, PlanBounds.MAX_DURATION_MS);
        PlanBounds.requireBetween("timeout of a probe (ms)", timeoutMs, 1, PlanBounds.MAX_DURATION_MS);
        PlanBounds.requireBetween("success threshold of a probe", successThreshold, 1, MAX_THRESHOLD);
        PlanBounds.requireBetween("failure threshold of a probe", failureThreshold, 1, MAX_THRESHOLD);
    }
}
