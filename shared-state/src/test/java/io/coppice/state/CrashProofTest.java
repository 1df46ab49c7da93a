package io.coppice.state;

import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Goal: no crash point can tear the state. Method: seeded lives of a segment (operations on all structures, commits,
 * rollbacks, publishes; in every third one checkpoints and steps back of all kinds) run on the production engine over a
 * recording memory, and {@link CrashExplorer} lets each end at all its crash points. In every second one the owners turn the
 * checksum of the arena on and off, and each recovery checks the arena against it, as in production.
 *
 * <p>{@code -Dcoppice.proof.points=N} tries at least so many, from {@code -Dcoppice.proof.seed=S} on; with
 * {@code -Dcoppice.proof.prefix=P} only those of that seed around that prefix.
 */
class CrashProofTest {
    private static final long SUITE_POINTS = 75_000;

    /** So that a suite tries many lives and not all of one. */
    private static final long SUITE_POINTS_OF_A_LIFE = 10_000;

    private static final int STEPS = 100;

    @Test
    @Timeout(value = 5, unit = TimeUnit.HOURS)
    void shouldRestoreTheLastCommitFromEveryCrashPoint() {
        long wanted = Proof.number("points", SUITE_POINTS);
        boolean suite = wanted <= SUITE_POINTS;
        long first = Proof.number("seed", 1);
        long prefix = Proof.number("prefix", 0);
        if (prefix > 0) {
            explorer(first, 1).exploreAt((int) prefix);
            return;
        }
        long started = System.nanoTime();
        long points = 0;
        long seed = first;
        while (points < wanted) {
            CrashExplorer explorer = explorer(seed, suite ? 16 : 1);
            explorer.explore(suite ? SUITE_POINTS_OF_A_LIFE : wanted - points);
            points += explorer.points();
            seed++;
            if (!suite) {
                report(points, first, seed, started);
            }
        }
        report(points, first, seed, started);
    }

    private static void report(long points, long first, long next, long started) {
        Proof.report("crash points=" + points + " seeds=" + first + ".." + (next - 1) + " seconds="
                + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started));
    }

    private static CrashExplorer explorer(long seed, int dyingRecoveries) {
        CrashRun life = seed % 2 == 0 ? checked(seed) : unchecked(seed);
        String name =
                "-Dtest=CrashProofTest -Dcoppice.proof.seed=" + seed + " -Dcoppice.proof.prefix=P, for seed " + seed;
        return new CrashExplorer(life, name, seed, dyingRecoveries);
    }

    private static CrashRun unchecked(long seed) {
        return seed % 3 == 0 ? TimelineRun.ofAll(seed, STEPS) : RecordedRun.of(seed, STEPS);
    }

    private static CrashRun checked(long seed) {
        return seed % 3 == 0
                ? TimelineRun.checkedOfAll(seed, STEPS)
                : RecordedRun.checked(seed, STEPS, UnaryOperator.identity());
    }
}
