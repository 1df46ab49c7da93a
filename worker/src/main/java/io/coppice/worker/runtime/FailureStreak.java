package io.coppice.worker.runtime;

import org.jspecify.annotations.Nullable;

/**
 * Keeps a daemon that goes on after each exception from spinning at full speed and from filling its log: the pause
 * doubles with each failure in a row, and of failures that look alike only the first has its trace logged, the 2nd,
 * 4th, 8th … a line with the count.
 *
 * <p>Alike means: the same class thrown from the same place. Loop thread only.
 */
final class FailureStreak {
    static final long FIRST_PAUSE_NS = 1_000_000;
    static final long LONGEST_PAUSE_NS = 1_000_000_000;

    private final WorkerPort port;
    private long inARow;
    private @Nullable String lastKind;
    private long alike;

    FailureStreak(WorkerPort port) {
        this.port = port;
    }

    /** A step returned normally: the next failure pauses briefly again. What was logged is not forgotten. */
    void onSuccess() {
        inARow = 0;
    }

    /**
     * A step failed and the daemon wants to go on.
     *
     * @return how long to idle first, in nanoseconds
     */
    long onContinue(Throwable thrown) {
        String kind = kindOf(thrown);
        if (!kind.equals(lastKind)) {
            lastKind = kind;
            alike = 0;
        }
        alike++;
        inARow++;
        long pauseNs = pauseNs(inARow);
        if (alike == 1) {
            port.log("an exception left step(); rolled back, the daemon goes on", thrown);
        } else if (Long.bitCount(alike) == 1) {
            port.log(
                    "the same exception for the " + alike + "th time, " + inARow + " steps in a row; now pausing "
                            + pauseNs / 1_000_000 + " ms after each: " + thrown,
                    null);
        }
        return pauseNs;
    }

    static long pauseNs(long inARow) {
        int doublings = (int) Math.min(inARow - 1, 20);
        return Math.min(FIRST_PAUSE_NS << doublings, LONGEST_PAUSE_NS);
    }

    private static String kindOf(Throwable thrown) {
        StackTraceElement[] frames = thrown.getStackTrace();
        return thrown.getClass().getName() + (frames.length == 0 ? "" : " at " + frames[0]);
    }
}
