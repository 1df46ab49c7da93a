package io.coppice.supervisor.core;

/** Durations in texts for people, exact to the unit shown. */
final class DurationText {
    private static final long MS_NS = 1_000_000L;
    private static final long SECOND_NS = 1_000_000_000L;

    private DurationText() {}

    static String of(long durationNs) {
        if (durationNs % SECOND_NS == 0) {
            return durationNs / SECOND_NS + " s";
        }
        if (durationNs >= 10 * SECOND_NS) {
            return Math.round(durationNs / (double) SECOND_NS) + " s";
        }
        if (durationNs >= MS_NS) {
            return durationNs / MS_NS + " ms";
        }
        return durationNs + " ns";
    }
}
