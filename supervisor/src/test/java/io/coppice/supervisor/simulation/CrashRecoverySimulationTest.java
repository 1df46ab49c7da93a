package io.coppice.supervisor.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.Supervisor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Goal: whatever crashes when, no segment ever has two live owners, no commit is lost, and every death is answered.
 *
 * <p>Method: the production core, unchanged, against a simulated operating system, with faults drawn per seed. A run has one
 * thread, and no real time. {@code -Dcoppice.simulation.seeds=N} runs N seeds, {@code -Dcoppice.simulation.first=S} starts at seed S.
 */
class CrashRecoverySimulationTest {
    private static final long SEEDS = Long.getLong("coppice.simulation.seeds", 2_000);
    private static final long SEEDS_OF_DEATHS = Long.getLong("coppice.simulation.deaths.seeds", 20);
    private static final long FIRST_OF_DEATHS = Long.getLong("coppice.simulation.deaths.first", 1);
    private static final long FIRST = Long.getLong("coppice.simulation.first", 1);

    @Test
    void shouldKeepEveryInvariantUnderSeededFaults() {
        Coverage coverage = new Coverage();
        LongAdder steps = new LongAdder();
        LongAdder withRootDeaths = new LongAdder();
        LongAdder shortRuns = new LongAdder();
        LongAdder simulatedNs = new LongAdder();
        LongAdder adopted = new LongAdder();
        LongAdder failed = new LongAdder();
        LongAdder discarded = new LongAdder();
        long startNs = System.nanoTime();
        LongStream.range(FIRST, FIRST + SEEDS).parallel().forEach(seed -> {
            Coverage met = new Coverage();
            Simulation run = run(RandomScenarios.LONG, seed, met);
            steps.add(run.steps());
            simulatedNs.add(run.elapsedNs());
            withRootDeaths.add(run.rootDeaths() > 0 ? 1 : 0);
            shortRuns.add(run.steps() < 1_000 ? 1 : 0);
            adopted.add(run.invariants.transactions.adopted());
            failed.add(run.invariants.transactions.failed());
            discarded.add(run.invariants.transactions.discarded());
            synchronized (coverage) {
                coverage.add(met);
            }
        });
        double seconds = (System.nanoTime() - startNs) / 1e9;
        System.out.printf(
                "simulation: seeds=%d first=%d steps=%d violations=0 cells=%d/%d root_deaths_in=%.2f short_runs=%d"
                        + " transactions_adopted=%d failed=%d discarded=%d simulated_hours=%.1f seconds=%.1f steps_per_second=%.0f hours_per_second=%.1f%n",
                SEEDS,
                FIRST,
                steps.sum(),
                coverage.reached(),
                coverage.possible(),
                withRootDeaths.sum() / (double) SEEDS,
                shortRuns.sum(),
                adopted.sum(),
                failed.sum(),
                discarded.sum(),
                simulatedNs.sum() / 3.6e12,
                seconds,
                steps.sum() / seconds,
                simulatedNs.sum() / 3.6e12 / seconds);
        if (SEEDS >= 1_000) {
            assertTrue(withRootDeaths.sum() * 2 >= SEEDS * 0.9, withRootDeaths.sum() + " runs with root deaths");
            assertTrue(adopted.sum() > SEEDS, adopted.sum() + " results adopted");
            assertTrue(failed.sum() * 20 > SEEDS, failed.sum() + " transactions failed");
            assertTrue(discarded.sum() * 50 > SEEDS, discarded.sum() + " transactions discarded");
            assertTrue(shortRuns.sum() * 50 <= SEEDS, shortRuns.sum() + " runs of fewer than 1,000 events");
        }
        if (SEEDS >= 100_000) {
            System.out.println("simulation: cells not met:" + coverage.unreached());
        }
    }

    /** A child that others depend on was restarting when the shutdown came, and its release overtook its abandonment. */
    @Test
    void shouldAllowSeed1220483ToStopWhatItCouldNotAbandon() {
        run(RandomScenarios.FIRST, 1_220_483, new Coverage());
    }

    /** The silence of a stalled root, which died before it had committed what it then heard, is what a start was not heard in. */
    @Test
    void shouldBoundTheStartsOfSeed318AlsoAfterAStall() {
        run(RandomScenarios.OF_ONE_KIND, 318, new Coverage());
    }

    /** After a stall, a stale event came at a time when a group's restart was due. */
    @Test
    void shouldAllowSeed9927ToLaunchWhatIsDueWhenAStaleEventComes() {
        run(RandomScenarios.OF_ONE_KIND, 9_927, new Coverage());
        run(RandomScenarios.OF_ONE_KIND, 96_804, new Coverage());
    }

    /** A standby's end came after a stall, when the launch of its child, which had waited for its group's time, was due. */
    @Test
    void shouldAllowSeed122614ToLaunchWhatIsDueWhenAStandbyEnds() {
        run(RandomScenarios.OF_ONE_KIND, 122_614, new Coverage());
    }

    /** After a stall, a standby told that it was parked when its child's launch, which had waited for its group's time, was due. */
    @Test
    void shouldAllowSeed421642ToAssignWhatIsParkedInThatMoment() {
        run(RandomScenarios.WITHOUT_TASKS, 421_642, new Coverage());
    }

    /** One that only served others, without a limit, was a command with one after its root had died: what had failed before counts not. */
    @Test
    void shouldAllowSeed9352ToCountFromWhenThereIsALimit() {
        run(RandomScenarios.WITHOUT_TASKS, 9_352, new Coverage());
    }

    /** The last task was done while there was no root: its successor launched the prober in another way, and ended it at once. */
    @Test
    void shouldLaunchNobodyWhenAllOfSeed97319IsDone() {
        run(RandomScenarios.WITHOUT_TASKS, 97_319, new Coverage());
    }

    /** The restart of the prober was due in the moment in which all was done. */
    @Test
    void shouldNotRestartTheProberOfSeed114787WhenAllIsDone() {
        run(RandomScenarios.WITHOUT_TASKS, 114_787, new Coverage());
    }

    /** A release overtook the shutdown, and then the shutdown command failed: the signal goes on with a stop that has begun. */
    @Test
    void shouldAllowSeed121025ToAskAgainWhereACommandFailed() {
        run(RandomScenarios.WITHOUT_TASKS, 121_025, new Coverage());
    }

    /** What a root found on record as a command that restarts with its group, and has in its plan as one that serves others. */
    @Test
    void shouldRestartWhatServesOthersInSeed259956WithoutItsFormerGroup() {
        run(RandomScenarios.WITHOUT_TASKS, 259_956, new Coverage());
    }

    /** A root took over a plan in which a member of a group that had come to its end was of another kind. */
    @Test
    void shouldAllowSeed650766ToEndAGroupOnceMore() {
        run(RandomScenarios.WITHOUT_TASKS, 650_766, new Coverage());
    }

    /** A process that a dead root had launched was heard of late, and a dead one that was on record was forgotten for it. */
    @Test
    void shouldFindEachProcessOfSeed11483ThatIsOnRecord() {
        run(RandomScenarios.OF_ONE_KIND, 11_483, new Coverage());
    }

    /** A command that was found held was abandoned with its group, and after the grace killed. */
    @Test
    void shouldCompleteWhatSeed31782EndsWithItsGroup() {
        run(RandomScenarios.OF_ONE_KIND, 31_782, new Coverage());
    }

    /** All its daemons are completed, and a slot's process, whose result is committed, has not ended yet. */
    @Test
    void shouldAllowSeed585058ToEndWhatLingersWithTheLastStandby() {
        run(RandomScenarios.LONG, 585_058, new Coverage());
    }

    @Test
    void shouldReplayASeedExactly() {
        for (long seed = 1; seed <= 50; seed++) {
            assertEquals(digest(seed), digest(seed), "seed " + seed);
        }
    }

    /** Of all events and commands in their order. */
    private static long digest(long seed) {
        AtomicLong digest = new AtomicLong();
        Core core = (state, event) -> {
            Step step = Supervisor.step(state, event);
            digest.set((digest.get() * 31 + event.hashCode()) * 31
                    + step.commands().hashCode());
            return step;
        };
        Simulation.of(RandomScenarios.LONG, seed, new Coverage(), CrashPoints.drawn(), core)
                .run();
        return digest.get();
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

    private static void run(long seed, Coverage coverage, CrashPoints crashPoints) {
        try {
            Simulation.of(RandomScenarios.SHORT, seed, coverage, crashPoints, Supervisor::step)
                    .run();
        } catch (Violation violation) {
            fail(failureLine(seed, violation) + "; " + crashPoints);
        } catch (RuntimeException broken) {
            fail("seed " + seed + ", " + crashPoints, broken);
        }
    }

    private static Simulation run(RandomScenarios scenarios, long seed, Coverage coverage) {
        Simulation simulation = Simulation.of(scenarios, seed, coverage, CrashPoints.drawn(), Supervisor::step);
        try {
            simulation.run();
            return simulation;
        } catch (Violation violation) {
            return fail(failureLine(seed, violation));
        } catch (RuntimeException broken) {
            return fail(failureLine(seed, broken), broken);
        }
    }

    private static String failureLine(long seed, RuntimeException violation) {
        return "simulation: violation of " + violation.getMessage() + "; replay: mvn -q -o test -pl supervisor -am"
                + " -Dtest=CrashRecoverySimulationTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dcoppice.simulation.first=" + seed + " -Dcoppice.simulation.seeds=1";
    }

    @Test
    void shouldReachMostPairsOfPhaseAndEvent() {
        Coverage coverage = new Coverage();
        for (long seed = 1; seed <= 300; seed++) {
            run(RandomScenarios.LONG, seed, coverage);
        }
        assertTrue(coverage.reached() >= 110, coverage.reached() + " cells; not met:" + coverage.unreached());
        assertTrue(coverage.unansweredKills() > 0, "nobody was told of a process that does not die");
    }
}
