package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.simulation.SimulationReport.DaemonFigures;
import io.coppice.supervisor.simulation.SimulationReport.FoundViolation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What many runs came to, in whatever order they are added. One thread. */
final class Tally {
    static final int MOST_VIOLATIONS_KEPT = 20;

    private final List<TimesHistogram> downShares = new ArrayList<>();
    private final long[] restarts;
    private final long[] longestNs;
    private final Coverage coverage = new Coverage();
    private final List<FoundViolation> violations = new ArrayList<>();
    private long violationCount;
    private long runs;
    private long events;
    private long simulatedNs;
    private Services.@Nullable Outage worst;
    private long worstSeed;

    Tally(int children) {
        for (int i = 0; i < children; i++) {
            downShares.add(new TimesHistogram());
        }
        restarts = new long[children];
        longestNs = new long[children];
    }

    Coverage coverage() {
        return coverage;
    }

    void run(Simulation run, long seed, PlanScenarios scenarios) {
        runs++;
        events += run.steps();
        simulatedNs += run.elapsedNs();
        for (int i = 0; i < restarts.length; i++) {
            Services services = run.services;
            long wantedNs = services.wantedNs(i);
            downShares.get(i).add(wantedNs == 0 ? 0 : (long) (1e9 * ((double) services.downNs(i) / wantedNs)));
            restarts[i] += run.restarts(i);
            Services.Outage outage = scenarios.isTask(i) ? null : services.longest(i);
            if (outage != null) {
                longestNs[i] = Math.max(longestNs[i], outage.lengthNs());
                worse(outage, seed);
            }
        }
    }

    void violation(FoundViolation violation) {
        violationCount++;
        violations.add(violation);
        keepFirst();
    }

    private void keepFirst() {
        violations.sort(Comparator.comparingLong(FoundViolation::run));
        if (violations.size() > MOST_VIOLATIONS_KEPT) {
            violations.subList(MOST_VIOLATIONS_KEPT, violations.size()).clear();
        }
    }

    /** Of outages of one length, that of the earlier seed and child, so that the order of the runs does not matter. */
    private void worse(Services.Outage outage, long seed) {
        Services.Outage before = worst;
        if (before == null
                || outage.lengthNs() > before.lengthNs()
                || (outage.lengthNs() == before.lengthNs()
                        && (seed < worstSeed || (seed == worstSeed && outage.child() < before.child())))) {
            worst = outage;
            worstSeed = seed;
        }
    }

    void add(Tally other) {
        runs += other.runs;
        events += other.events;
        simulatedNs += other.simulatedNs;
        violationCount += other.violationCount;
        violations.addAll(other.violations);
        keepFirst();
        coverage.add(other.coverage);
        for (int i = 0; i < restarts.length; i++) {
            downShares.get(i).add(other.downShares.get(i));
            restarts[i] += other.restarts[i];
            longestNs[i] = Math.max(longestNs[i], other.longestNs[i]);
        }
        Services.Outage theirs = other.worst;
        if (theirs != null) {
            worse(theirs, other.worstSeed);
        }
    }

    Services.@Nullable Outage worst() {
        return worst;
    }

    long worstSeed() {
        return worstSeed;
    }

    SimulationReport report(
            SimulationSettings settings, PlanScenarios scenarios, SimulationReport.@Nullable WorstOutage told) {
        List<DaemonFigures> daemons = new ArrayList<>();
        double hours = Math.max(1, runs) * (settings.chaosNs() / (double) Draws.HOUR);
        for (ChildSpec spec : settings.specs()) {
            int i = spec.index();
            daemons.add(new DaemonFigures(
                    spec.name(),
                    1 - downShares.get(i).atShare(0.5) / 1e9,
                    1 - downShares.get(i).atShare(0.95) / 1e9,
                    restarts[i] / hours,
                    longestNs[i],
                    scenarios.isTask(i)));
        }
        return new SimulationReport(
                runs + violationCount,
                events,
                simulatedNs,
                coverage.reached(),
                coverage.possible(),
                violations,
                violationCount,
                daemons,
                told);
    }
}
