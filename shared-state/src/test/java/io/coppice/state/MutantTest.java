package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: the proof of crash points can fail. Method: the lives and the exploration of {@link CrashProofTest}, with an engine
 * that has one fault; each fault must be noticed, be it only as a segment that recovery finds damaged.
 */
class MutantTest {
    private static final int SEEDS = 12;
    private static final int STEPS = 100;
    private static final long POINTS_OF_A_LIFE = 40_000;

    @ParameterizedTest
    @EnumSource(
            value = Mutant.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {
                "CHECKPOINT_KEEPS_ITS_NUMBER_WHILE_IT_IS_OVERWRITTEN",
                "STEP_BACK_IS_DECIDED_BY_A_PLAIN_STORE",
                "STEP_BACK_ENDS_BEFORE_ITS_COMMIT_IS_STORED",
                "CHECKSUM_AFTER_THE_COMMIT",
                "CHECKSUM_REPLACES_THAT_OF_THE_LAST_COMMIT",
                "CHECKSUM_SURVIVES_A_STEP_BACK",
                "CHECKSUM_IS_TURNED_ON_BY_A_PLAIN_STORE",
                "RESULT_IS_NOT_ERASED",
                "RESULT_IS_STAMPED_FOR_THE_LAST_COMMIT",
                "REQUEST_BEGINS_BEFORE_ITS_CONTENTS_ARE_EMPTY",
                "ROLLBACK_IS_COUNTED_ONCE"
            })
    void shouldNoticeAFaultOfCommitRollbackOrRecovery(Mutant mutant) {
        assertNoticed(mutant, seed -> RecordedRun.of(seed, STEPS, StructurePlayer.all(), mutant::over));
    }

    @ParameterizedTest
    @EnumSource(
            value = Mutant.class,
            names = {
                "CHECKPOINT_KEEPS_ITS_NUMBER_WHILE_IT_IS_OVERWRITTEN",
                "STEP_BACK_IS_DECIDED_BY_A_PLAIN_STORE",
                "STEP_BACK_ENDS_BEFORE_ITS_COMMIT_IS_STORED"
            })
    void shouldNoticeAFaultOfCheckpointsOrStepsBack(Mutant mutant) {
        assertNoticed(mutant, seed -> TimelineRun.of(seed, STEPS, mutant::over));
    }

    @ParameterizedTest
    @EnumSource(
            value = Mutant.class,
            names = {
                "CHECKSUM_AFTER_THE_COMMIT",
                "CHECKSUM_REPLACES_THAT_OF_THE_LAST_COMMIT",
                "CHECKSUM_IS_TURNED_ON_BY_A_PLAIN_STORE"
            })
    void shouldNoticeAFaultOfTheChecksumOfTheArena(Mutant mutant) {
        assertNoticed(mutant, seed -> RecordedRun.checked(seed, STEPS, mutant::over));
    }

    @ParameterizedTest
    @EnumSource(
            value = Mutant.class,
            names = {"CHECKSUM_SURVIVES_A_STEP_BACK", "CHECKSUM_IS_TURNED_ON_BY_A_PLAIN_STORE"})
    void shouldNoticeAFaultOfTheChecksumInStepsBack(Mutant mutant) {
        assertNoticed(mutant, seed -> TimelineRun.checked(seed, STEPS, mutant::over));
    }

    @ParameterizedTest
    @EnumSource(
            value = Mutant.class,
            names = {
                "RESULT_IS_NOT_ERASED",
                "RESULT_IS_STAMPED_FOR_THE_LAST_COMMIT",
                "REQUEST_BEGINS_BEFORE_ITS_CONTENTS_ARE_EMPTY"
            })
    void shouldNoticeAFaultOfARequest(Mutant mutant) {
        assertNoticed(mutant, seed -> RequestRun.of(seed, STEPS, mutant::over));
    }

    /** Recovery is right without the second count; only readers need it. */
    @Test
    void shouldNoticeThatARollbackIsCountedOnce() {
        assertThrows(
                AssertionError.class,
                () -> ReaderInterleavingTest.assertOneCommitForEveryInterleavingWithARollback(
                        Mutant.ROLLBACK_IS_COUNTED_ONCE::over));
    }

    private static void assertNoticed(Mutant mutant, LongFunction<CrashRun> life) {
        long points = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            CrashExplorer explorer = null;
            try {
                explorer = new CrashExplorer(life.apply(seed), mutant + ", seed " + seed, seed, 16);
                explorer.explore(POINTS_OF_A_LIFE);
                points += explorer.points();
            } catch (AssertionError | RuntimeException noticed) {
                Proof.report(
                        "noticed after " + (points + (explorer == null ? 0 : explorer.points())) + " crash points: "
                                + (explorer == null ? mutant + ", seed " + seed + ", while it lived: " : "")
                                + String.valueOf(noticed.getMessage())
                                        .lines()
                                        .findFirst()
                                        .orElse(""));
                return;
            }
        }
        fail(mutant + " was not noticed at " + points + " crash points of " + SEEDS + " lives");
    }
}
