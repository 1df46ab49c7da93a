package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.GroupSpec;
import io.coppice.supervisor.plan.Probes;
import java.util.List;

/**
 * What to simulate.
 *
 * @param groups of the plan, the outermost first
 * @param specs of the plan; at least one
 * @param probes of each of them, by index; or none, where it is only known which of them are probed
 * @param faults what strikes
 * @param seed of the first run; each next run has the next seed
 * @param runs 1 to {@link #MOST_RUNS}
 * @param chaosNs how long faults strike in each run, simulated nanoseconds, more than 0
 */
public record SimulationSettings(
        List<GroupSpec> groups,
        List<ChildSpec> specs,
        List<Probes> probes,
        FaultChoice faults,
        long seed,
        int runs,
        long chaosNs) {
    public static final int MOST_RUNS = 10_000_000;

    public SimulationSettings {
        groups = List.copyOf(groups);
        specs = List.copyOf(specs);
        probes = List.copyOf(probes);
        if (!probes.isEmpty() && probes.size() != specs.size()) {
            throw new IllegalArgumentException(specs.size() + " specs, probes of " + probes.size());
        }
        if (specs.isEmpty() || runs < 1 || runs > MOST_RUNS || chaosNs <= 0) {
            throw new IllegalArgumentException(specs.size() + " specs, " + runs + " runs, " + chaosNs + " ns");
        }
    }
}
