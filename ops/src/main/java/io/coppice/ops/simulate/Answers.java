package io.coppice.ops.simulate;

import io.coppice.supervisor.simulation.Questions.GivingUp;
import io.coppice.supervisor.simulation.Questions.Outages;
import io.coppice.supervisor.simulation.SimulationReport;
import java.util.List;
import java.util.function.LongFunction;

/**
 * All that a simulation has to say.
 *
 * @param replay the command that makes the run of a seed again
 * @param seconds that the runs took
 */
record Answers(
        SimulationReport report,
        List<GivingUp> givingUp,
        List<Outages> outages,
        LongFunction<String> replay,
        double seconds) {

    private static final double HOUR_NS = 3.6e12;

    double simulatedHours() {
        return report.simulatedNs() / HOUR_NS;
    }

    double hoursPerSecond() {
        return simulatedHours() / seconds;
    }
}
