package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildSpec;

/** What a reload may change of a child. */
final class ChangedSpecs {
    private ChangedSpecs() {}

    /** The same, started in another way. */
    static ChildSpec launchedAs(ChildSpec spec, long launch) {
        return with(spec, launch, spec.standbys());
    }

    /** The same with another reserve. */
    static ChildSpec withStandbys(ChildSpec spec, int standbys) {
        return with(spec, spec.launch(), standbys);
    }

    private static ChildSpec with(ChildSpec spec, long launch, int standbys) {
        return new ChildSpec(
                spec.index(),
                spec.name(),
                spec.hasSegment(),
                spec.heartbeatTimeoutNs(),
                spec.startTimeouts(),
                spec.restart(),
                spec.maxRestarts(),
                spec.periodNs(),
                spec.backoff(),
                spec.poison(),
                spec.shutdownSignal(),
                spec.shutdownTimeoutNs(),
                spec.shutdownCommand(),
                spec.dependencies(),
                launch,
                standbys,
                spec.exits(),
                spec.membership(),
                spec.probed(),
                spec.foreign(),
                spec.slot());
    }
}
