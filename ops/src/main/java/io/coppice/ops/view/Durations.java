package io.coppice.ops.view;

/** Lengths of time as people read them: at most two units, the larger first. */
public final class Durations {
    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_MS = 60 * SECOND_MS;
    private static final long HOUR_MS = 60 * MINUTE_MS;
    private static final long DAY_MS = 24 * HOUR_MS;

    private Durations() {}

    /** For example {@code 120ms}, {@code 3s}, {@code 4m 10s}, {@code 2h 5m}, {@code 3d 4h}; negative reads as zero. */
    public static String words(long durationMs) {
        if (durationMs < SECOND_MS) {
            return Math.max(0, durationMs) + "ms";
        }
        return durationMs < MINUTE_MS ? durationMs / SECOND_MS + "s" : twoUnits(durationMs);
    }

    /** As {@link #words} but never finer than a second: a death is read off a wall clock. */
    static String coarse(long durationMs) {
        return durationMs < SECOND_MS ? "0s" : words(durationMs);
    }

    private static String twoUnits(long durationMs) {
        if (durationMs < HOUR_MS) {
            return pair(durationMs / MINUTE_MS, "m", durationMs % MINUTE_MS / SECOND_MS, "s");
        }
        if (durationMs < DAY_MS) {
            return pair(durationMs / HOUR_MS, "h", durationMs % HOUR_MS / MINUTE_MS, "m");
        }
        return pair(durationMs / DAY_MS, "d", durationMs % DAY_MS / HOUR_MS, "h");
    }

    private static String pair(long large, String largeUnit, long small, String smallUnit) {
        return large + largeUnit + (small == 0 ? "" : " " + small + smallUnit);
    }
}
