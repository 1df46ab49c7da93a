package io.coppice.supervisor.plan;

import org.jspecify.annotations.Nullable;

/**
 * How it is told from outside that a child is up, ready and alive; null for what nobody asks.
 *
 * @param startup the others wait for it; if it fails, the child has failed to start. Of a plain command
 * @param readiness says when it is ready, and from then on whether it is well. Of a plain command
 * @param liveness if it fails, the child is ended, and restarted by its policy
 */
public record Probes(
        @Nullable Probe startup,
        @Nullable Probe readiness,
        @Nullable Probe liveness) {
    public static final Probes NONE = new Probes(null, null, null);

    public Probes {
        requireAnyOnce("startup", startup);
        requireAnyOnce("liveness", liveness);
        PlanBounds.require(
                liveness == null || !(liveness.check() instanceof ProbeCheck.LogLine),
                () -> "liveness: a log line that was seen once says nothing of now");
    }

    /** Whether there is none. */
    public boolean isNone() {
        return equals(NONE);
    }

    /** Whether the child is ready when a probe says so, and not before. */
    public boolean decideReadiness() {
        return startup != null || readiness != null;
    }

    /** Whether one of them reads the child's log file. */
    public boolean readLog() {
        return readsLog(startup) || readsLog(readiness);
    }

    private static boolean readsLog(@Nullable Probe probe) {
        return probe != null && probe.check() instanceof ProbeCheck.LogLine;
    }

    private static void requireAnyOnce(String name, @Nullable Probe probe) {
        PlanBounds.require(
                probe == null || probe.successThreshold() == 1, () -> name + ": its success threshold is not 1");
    }
}
