package io.coppice.supervisor.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.coppice.supervisor.core.GroupSpec;
import io.coppice.supervisor.core.Supervisor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many runs beside each other come to the same as one after another. */
class SimulationRunsTest {
    @Test
    void shouldReportTheSameOnAnyNumberOfThreads() throws InterruptedException {
        SimulationSettings settings = new SimulationSettings(
                List.of(GroupSpec.INSTANCE),
                RandomSpecs.draw(new Draws(5)),
                List.of(),
                FaultChoice.ALL,
                1,
                60,
                Draws.HOUR / 4);
        SimulationReport one = new SimulationRuns(settings, Supervisor::step).run(1, (runs, simulatedNs) -> {});
        SimulationReport four = new SimulationRuns(settings, Supervisor::step).run(4, (runs, simulatedNs) -> {});
        assertEquals(one, four);
        assertEquals(0, one.violationCount(), one.violations().toString());
        assertNotEquals(null, one.worst());
    }
}
