package io.coppice.supervisor.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Goal: whatever crashes when, no segment ever has two live owners, no commit is lost, and every death is answered.
 *
 * <p>Method: the production core, unchanged, against a simulated operating system, with faults drawn per seed. A run has one
 * thread, and no real time. {@code -Dcoppice.simulation.seeds=N} runs N seeds, {@code -Dcoppice.simulation.first=S} starts at seed S.
 */
class CrashRecoverySimulationTest {
    private static final long SEEDS = Long.getLong("coppice.simulation.seeds", 2_500);
    private static final long SEEDS_OF_DEATHS = Long.getLong("coppice.simulation.deaths.seeds", 20);
    private static final long FIRST_OF_DEATHS = Long.getLong("coppice.simulation.deaths.first", 1);
    private static final long FIRST = Long.getLong("coppice.simulation.first", 1);

    @Test
    void shouldKeepEveryInvariantUnderSeededFaults() {
        Coverage coverage = new Coverage();
        long startNs = System.nanoTime();
        long steps = 0;
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            steps += run(seed, coverage).steps();
        }
        System.out.printf(
                "simulation: seeds=%d first=%d steps=%d violations=0 cells=%d/%d seconds=%.1f%n",
                SEEDS, FIRST, steps, coverage.reached(), coverage.possible(), (System.nanoTime() - startNs) / 1e9);
        if (SEEDS >= 100_000) {
            System.out.println("simulation: cells not met:" + coverage.unreached());
        }
    }

    /** A child that others depend on was restarting when the shutdown came, and its release overtook its abandonment. */
    @Test
    void shouldAllowSeed1220483ToStopWhatItCouldNotAbandon() {
        run(1_220_483, new Coverage());
    }

    @Test
    void shouldReplayASeedExactly() {
        for (long seed = 1; seed <= 50; seed++) {
            assertEquals(run(seed, new Coverage()), run(seed, new Coverage()), "seed " + seed);
        }
    }

    /**
     * Every point of a run at which a root can die, one after the other; and, of some, also the next points of its successor. No seed
     * knows of another, so they run beside each other.
     */
    @Test
    void shouldKeepEveryInvariantWhereverTheRootDies() {
        long runs = LongStream.range(FIRST_OF_DEATHS, FIRST_OF_DEATHS + SEEDS_OF_DEATHS)
                .parallel()
                .map(CrashRecoverySimulationTest::dieEverywhere)
                .sum();
        System.out.printf("simulation: root deaths=%d violations=0 seeds=%d%n", runs, SEEDS_OF_DEATHS);
        assertTrue(runs > 100 * SEEDS_OF_DEATHS, runs + " root deaths");
    }

    /** Returns how many runs there were. */
    private static long dieEverywhere(long seed) {
        Coverage coverage = new Coverage();
        CrashPoints none = CrashPoints.at();
        run(seed, coverage, none);
        long runs = 0;
        for (int at = 1; at <= none.passed(); at++) {
            run(seed, coverage, CrashPoints.at(at));
            runs++;
            if (at % 7 == seed % 7) {
                for (int again = 1; again <= 8; again++) {
                    run(seed, coverage, CrashPoints.at(at, at + again));
                    runs++;
                }
            }
        }
        return runs;
    }

    private static Simulation.Result run(long seed, Coverage coverage, CrashPoints crashPoints) {
        try {
            return Simulation.run(seed, coverage, crashPoints);
        } catch (Violation violation) {
            return fail(Invariants.failureLine(seed, violation) + "; " + crashPoints);
        } catch (RuntimeException broken) {
            return fail("seed " + seed + ", " + crashPoints, broken);
        }
    }

    private static Simulation.Result run(long seed, Coverage coverage) {
        try {
            return Simulation.run(seed, coverage);
        } catch (Violation violation) {
            return fail(Invariants.failureLine(seed, violation));
        } catch (RuntimeException broken) {
            return fail(Invariants.failureLine(seed, new Violation("CORE_NEVER_THROWS", broken.toString())), broken);
        }
    }

    @Test
    void shouldReachMostPairsOfPhaseAndEvent() {
        Coverage coverage = new Coverage();
        for (long seed = 1; seed <= 300; seed++) {
            run(seed, coverage);
        }
        assertTrue(coverage.reached() >= 80, coverage.reached() + " cells; not met:" + coverage.unreached());
        assertTrue(coverage.unansweredKills() > 0, "nobody was told of a process that does not die");
    }
}
