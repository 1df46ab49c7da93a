package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.simulation.SimulationReport.FoundViolation;
import io.coppice.supervisor.simulation.SimulationReport.Line;
import io.coppice.supervisor.simulation.SimulationReport.WorstOutage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Many runs of one plan, beside each other. */
public final class SimulationRuns {
    private static final int LINES_BEFORE = 12;
    private static final int LINES_IN_ALL = 40;

    private final SimulationSettings settings;
    private final Core core;
    private final PlanScenarios scenarios;

    public SimulationRuns(SimulationSettings settings, Core core) {
        this.settings = settings;
        this.core = core;
        scenarios = new PlanScenarios(
                settings.groups(), settings.specs(), settings.probes(), settings.faults(), settings.chaosNs());
    }

    /** Hears how far it is, on any of the threads. */
    @FunctionalInterface
    public interface Progress {
        /**
         * A run is done.
         *
         * @param simulatedNs in all runs so far
         */
        void done(long runs, long simulatedNs);
    }

    /**
     * Makes all runs. Blocks until they are done.
     *
     * @param threads 1 or more; they change nothing about the report
     * @throws InterruptedException if this thread is interrupted; the others end after the run that they are at
     */
    public SimulationReport run(int threads, Progress progress) throws InterruptedException {
        AtomicLong next = new AtomicLong();
        AtomicLong done = new AtomicLong();
        AtomicLong simulatedNs = new AtomicLong();
        AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
        List<Thread> workers = new ArrayList<>();
        List<Tally> tallies = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Tally tally = new Tally(settings.specs().size());
            tallies.add(tally);
            Thread worker = new Thread(
                    () -> {
                        for (long run = next.getAndIncrement(); run < settings.runs(); run = next.getAndIncrement()) {
                            long lengthNs = one(run, tally);
                            progress.done(done.incrementAndGet(), simulatedNs.addAndGet(lengthNs));
                        }
                    },
                    "simulate-" + i);
            worker.setDaemon(true);
            worker.setUncaughtExceptionHandler((thread, cause) -> {
                broken.compareAndSet(null, cause);
                next.set(settings.runs());
            });
            workers.add(worker);
            worker.start();
        }
        try {
            for (Thread worker : workers) {
                worker.join();
            }
        } finally {
            next.set(settings.runs());
        }
        Throwable cause = broken.get();
        if (cause != null) {
            throw new IllegalStateException("a simulation ended by " + cause, cause);
        }
        Tally all = new Tally(settings.specs().size());
        tallies.forEach(all::add);
        return all.report(settings, scenarios, worst(all));
    }

    /** Returns how long it was. */
    private long one(long run, Tally tally) {
        long seed = settings.seed() + run;
        Simulation simulation = simulation(seed, tally.coverage());
        try {
            simulation.run();
            tally.run(simulation, seed, scenarios);
        } catch (Violation violation) {
            tally.violation(new FoundViolation(
                    seed, run, violation.predicate, violation.step, String.valueOf(violation.getMessage())));
        } catch (RuntimeException thrown) {
            tally.violation(new FoundViolation(
                    seed, run, "CORE_NEVER_THROWS", simulation.steps(), "CORE_NEVER_THROWS: " + thrown));
        }
        return simulation.elapsedNs();
    }

    private Simulation simulation(long seed, Coverage coverage) {
        return Simulation.of(scenarios, seed, coverage, CrashPoints.drawn(), core);
    }

    /** That run again, listened to. */
    private @Nullable WorstOutage worst(Tally all) {
        Services.Outage outage = all.worst();
        if (outage == null) {
            return null;
        }
        Simulation again = simulation(all.worstSeed(), new Coverage());
        List<Line> lines = new ArrayList<>();
        again.tell((atNs, whom, what) -> lines.add(new Line(atNs, whom, what)));
        again.run();
        long startNs = outage.startNs() - again.startNs();
        int first = 0;
        while (first < lines.size() && lines.get(first).atNs() < startNs) {
            first++;
        }
        int from = Math.max(0, first - LINES_BEFORE);
        int to = from;
        while (to < lines.size() && to - from < LINES_IN_ALL && lines.get(to).atNs() <= startNs + outage.lengthNs()) {
            to++;
        }
        ChildSpec spec = settings.specs().get(outage.child());
        return new WorstOutage(
                spec.name(), all.worstSeed(), startNs, outage.lengthNs(), outage.over(), lines.subList(from, to));
    }
}
