package io.coppice.supervisor.simulation;

import java.util.Arrays;

/** Where a run's roots die: where it is drawn, or at points told by number, counted over all roots of the run. */
final class CrashPoints {
    private final boolean drawn;
    private final int[] at;
    private int next;
    private int passed;

    private CrashPoints(boolean drawn, int... at) {
        this.drawn = drawn;
        this.at = at;
    }

    static CrashPoints drawn() {
        return new CrashPoints(true);
    }

    /** @param at ascending, from 1 on; none to count them */
    static CrashPoints at(int... at) {
        return new CrashPoints(false, at);
    }

    boolean areDrawn() {
        return drawn;
    }

    /** Passes a point: whether the root dies there. */
    boolean isNext() {
        passed++;
        if (next < at.length && at[next] == passed) {
            next++;
            return true;
        }
        return false;
    }

    @Override
    public String toString() {
        return drawn ? "deaths as drawn" : "the root dies at points " + Arrays.toString(at);
    }

    int deaths() {
        return next;
    }

    int passed() {
        return passed;
    }
}
