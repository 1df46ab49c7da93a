package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: a reader of a dead writer's segment sees the last commit. Method: seeded operation sequences on all structures (with
 * commits, rollbacks, deaths and take-overs) run on the production engine over a recording memory; then the segment is rebuilt
 * as of every prefix of the recorded stores, and snapshot and published view of it must give exactly the last commit. That
 * recovery gives it too is {@link CrashProofTest}'s.
 */
class CrashPointsTest {
    private static final int STEPS = 150;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldShowReadersTheLastCommitAtEveryPrefixOfTheStores(long seed) {
        RecordedRun run = RecordedRun.of(seed, STEPS);
        byte[] disk = run.startImage();
        for (int step = 0; step < run.memory().recorded(); step++) {
            run.memory().replay(step, disk);
            if (run.memory().kind(step) == RecordingMemory.FENCE) {
                continue;
            }
            String where = "seed " + seed + ", prefix " + (step + 1);
            run.assertReadersSeeTheLastCommit(disk, where);
        }
        assertTrue(run.commits() > 20, "seed " + seed + " commits too rarely to mean anything: " + run.commits());
    }

    /** Does some of the stores between two fences, in an order that plain and release stores allow. */
    static void replaySomeInAnyAllowedOrder(
            RecordingMemory memory, int start, int end, byte[] target, SplittableRandom random) {
        boolean[] done = new boolean[end - start];
        int stores = random.nextInt(end - start + 1);
        for (int i = 0; i < stores; i++) {
            int pick = start + random.nextInt(end - start);
            while (!allowed(memory, start, end, pick, done)) {
                pick = pick + 1 == end ? start : pick + 1;
            }
            memory.replay(pick, target);
            done[pick - start] = true;
        }
    }

    private static boolean allowed(RecordingMemory memory, int start, int end, int pick, boolean[] done) {
        if (done[pick - start]) {
            return false;
        }
        for (int earlier = start; earlier < pick; earlier++) {
            boolean ordered =
                    memory.kind(pick) == RecordingMemory.RELEASE || memory.offset(earlier) == memory.offset(pick);
            if (ordered && !done[earlier - start]) {
                return false;
            }
        }
        return pick < end;
    }

    /** Keeps the helper honest: what it compares must differ between commits. */
    @ParameterizedTest
    @ValueSource(longs = {31})
    void shouldNoticeAWrongArena(long seed) {
        RecordedRun run = RecordedRun.of(seed, STEPS);
        byte[] last = run.memory().copy();
        run.recover(new RecordingMemory(last));
        byte[] changed = last.clone();
        changed[(int) SegmentGeometry.of(last.length).arenaOffset() + 70] ^= 1;
        AssertionError error =
                assertInstanceOf(AssertionError.class, catchAssertion(() -> run.assertArena(changed, last, "")));
        assertTrue(String.valueOf(error.getMessage()).contains("arena"));
        assertEquals(false, Arrays.equals(run.image(1), run.image(run.commits())));
    }

    private static Throwable catchAssertion(Runnable action) {
        try {
            action.run();
        } catch (AssertionError e) {
            return e;
        }
        return new IllegalStateException("nothing was thrown");
    }
}
