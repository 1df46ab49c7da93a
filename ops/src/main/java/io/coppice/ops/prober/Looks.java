package io.coppice.ops.prober;

import io.coppice.supervisor.plan.Probe;

/** Makes the look of a probe at one process. */
interface Looks {
    Look of(Probe probe, Seen process);
}
