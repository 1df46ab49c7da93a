package io.coppice.supervisor.plan;

import java.math.BigDecimal;

/**
 * How long a restart waits. The first restart is immediate; the n-th after it waits {@code initialMs × factor^(n-1)}, at
 * most {@code maxMs}; a child that was up for {@code resetAfterMs} starts again from the first.
 *
 * @param initialMs delay of the second restart in a row, 0 to {@link PlanBounds#MAX_DURATION_MS}
 * @param factor growth per restart, 1 to {@link #MAX_FACTOR}, in whole thousandths (so that its text is the same on every JDK)
 * @param maxMs longest delay, {@code initialMs} to {@link PlanBounds#MAX_DURATION_MS}
 * @param resetAfterMs time up after which the row of failures is forgotten, 0 to {@link PlanBounds#MAX_DURATION_MS}
 * @param jitter 0 to 1 in whole thousandths, the largest part of a delay that is left out at random
 */
public record Backoff(long initialMs, double factor, long maxMs, long resetAfterMs, double jitter) {
    /** Largest growth per restart; with it the longest delay allowed is reached after five restarts. */
    public static final double MAX_FACTOR = 100;

    /** Every restart is immediate. */
    public static final Backoff NONE = new Backoff(0, 1, 0, 0, 0);

    public Backoff {
        PlanBounds.require(
                jitter >= 0 && jitter <= 1 && Math.round(jitter * 1000) / 1000.0 == jitter,
                () -> "backoff jitter: " + jitter + " is not between 0 and 1 with at most three decimal places");
        PlanBounds.requireBetween("backoff initial (ms)", initialMs, 0, PlanBounds.MAX_DURATION_MS);
        PlanBounds.requireBetween("backoff max (ms)", maxMs, initialMs, PlanBounds.MAX_DURATION_MS);
        PlanBounds.requireBetween("backoff reset_after (ms)", resetAfterMs, 0, PlanBounds.MAX_DURATION_MS);
        PlanBounds.require(
                factor >= 1 && factor <= MAX_FACTOR,
                () -> "backoff factor: " + factor + " is not between 1 and " + MAX_FACTOR);
        PlanBounds.require(
                Math.round(factor * 1000) / 1000.0 == factor,
                () -> "backoff factor: " + factor + " has more than three decimal places");
    }

    /** The factor as the plan's text has it: at least one decimal place, no superfluous zero. */
    String factorText() {
        return decimal(factor);
    }

    /** The jitter likewise. */
    String jitterText() {
        return decimal(jitter);
    }

    private static String decimal(double value) {
        BigDecimal shortest = BigDecimal.valueOf(Math.round(value * 1000), 3).stripTrailingZeros();
        return shortest.setScale(Math.max(1, shortest.scale())).toPlainString();
    }

    /** Whether every restart is immediate. */
    public boolean isNone() {
        return maxMs == 0;
    }
}
