package io.coppice.supervisor.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of it. The same for the same settings, on however many threads. Times are simulated nanoseconds.
 *
 * @param runs how many were made
 * @param events of which the core was told
 * @param simulatedNs in all runs together
 * @param cellsReached pairs of a child's phase and an event about it that were met
 * @param cells how many pairs are possible
 * @param violations the first few, by run
 * @param violationCount all of them
 * @param daemons by index
 * @param worst the longest outage of all; null if there was none
 */
public record SimulationReport(
        long runs,
        long events,
        long simulatedNs,
        int cellsReached,
        int cells,
        List<FoundViolation> violations,
        long violationCount,
        List<DaemonFigures> daemons,
        @Nullable WorstOutage worst) {

    public SimulationReport {
        violations = List.copyOf(violations);
        daemons = List.copyOf(daemons);
    }

    /**
     * An invariant did not hold.
     *
     * @param seed of that run
     * @param run its number, from 0
     * @param predicate its name
     * @param step of that run's core
     * @param text all of it, with the event
     */
    public record FoundViolation(long seed, long run, String predicate, long step, String text) {}

    /**
     * Of one daemon or command.
     *
     * @param availabilityP50 the share of the time it was wanted in which it served, in half of the runs at least; 0 to 1
     * @param availabilityP5 the same, in all runs but the worst twentieth
     * @param restartsPerHour launches that followed a death; none that an operator asked for
     * @param longestOutageNs 0 for none
     * @param task it completes, or is not started again, so that its availability says nothing
     */
    public record DaemonFigures(
            String name,
            double availabilityP50,
            double availabilityP5,
            double restartsPerHour,
            long longestOutageNs,
            boolean task) {}

    /**
     * The longest time in which a daemon that was wanted did not serve.
     *
     * @param seed of that run
     * @param startNs since that run's begin
     * @param over false: it lasted to the end of the faults
     * @param events what led there and what followed, as the event log of an instance has it
     */
    public record WorstOutage(String daemon, long seed, long startNs, long lengthNs, boolean over, List<Line> events) {
        public WorstOutage {
            events = List.copyOf(events);
        }
    }

    /**
     * A line of an event log.
     *
     * @param atNs since the run's begin
     */
    public record Line(long atNs, String whom, String what) {
        /** That a daemon hangs from now on, which its root may never see. */
        public static final String HANGS = "(hangs)";
    }
}
