package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.Dependency;
import io.coppice.supervisor.core.GroupSpec;
import io.coppice.supervisor.core.RestartPolicy;
import io.coppice.supervisor.plan.Probes;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/** A plan under the faults that were chosen. What others wait for until it has completed does complete; all else goes on for ever. */
final class PlanScenarios implements Scenario.Source {
    private static final long SLOWEST_STEP_NS = 60 * SECOND;

    private final List<GroupSpec> groups;
    private final List<ChildSpec> specs;
    private final List<Probes> probes;
    private final FaultChoice faults;
    private final long chaosNs;
    private final BitSet finite = new BitSet();

    PlanScenarios(
            List<GroupSpec> groups, List<ChildSpec> specs, List<Probes> probes, FaultChoice faults, long chaosNs) {
        this.groups = groups;
        this.specs = specs;
        this.probes = probes;
        this.faults = faults;
        this.chaosNs = chaosNs;
        for (ChildSpec spec : specs) {
            for (Dependency dependency : spec.dependencies()) {
                if (dependency.condition() == Dependency.Condition.COMPLETED) {
                    finite.set(dependency.index());
                }
            }
        }
    }

    /** Whether it is a task that ends, and is not there to serve: others wait for its end, or it is not to be started again. */
    boolean isTask(int child) {
        return finite.get(child) || specs.get(child).restart() == RestartPolicy.NEVER;
    }

    @Override
    public Scenario draw(RunDraws draws, boolean rootDeaths) {
        return new Scenario(
                groups,
                specs,
                probes,
                new Faults(faults, draws.latest),
                finite,
                Collections.nCopies(specs.size(), 20L),
                List.of(),
                Scenario.NOBODY,
                false,
                chaosNs,
                0,
                SLOWEST_STEP_NS);
    }
}
