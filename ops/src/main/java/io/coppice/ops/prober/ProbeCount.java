package io.coppice.ops.prober;

import io.coppice.supervisor.plan.Probe;

/**
 * What the looks of one probe so far come to. Pure; knows no clock.
 *
 * @param successes looks in a row, up to now, that succeeded
 * @param failures likewise that failed
 */
record ProbeCount(Standing standing, int successes, int failures) {
    /** What holds until as many looks in a row say otherwise. */
    enum Standing {
        UNKNOWN,
        WELL,
        UNWELL
    }

    static ProbeCount begin(Standing standing) {
        return new ProbeCount(standing, 0, 0);
    }

    /** After one more look. */
    ProbeCount after(boolean success, Probe probe) {
        int well = success ? Math.min(successes + 1, Probe.MAX_THRESHOLD) : 0;
        int unwell = success ? 0 : Math.min(failures + 1, Probe.MAX_THRESHOLD);
        Standing next = standing;
        if (well >= probe.successThreshold()) {
            next = Standing.WELL;
        } else if (unwell >= probe.failureThreshold()) {
            next = Standing.UNWELL;
        }
        return new ProbeCount(next, well, unwell);
    }
}
