package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.os.ThreadStat;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** Goal: each excuse counts for what it is worth and no more. Method: looks at a worker that never beats, a fifth of its timeout apart. */
class HangJudgeTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long TIMEOUT = 5 * SECOND;
    private static final int FOR_EVER = 1_000;

    private final HangJudge judge = new HangJudge(TIMEOUT);
    private final SuspectReading seen = new SuspectReading();
    private final List<String> told = new ArrayList<>();
    private int questions;

    /** Up to so many looks, each after {@code before} has said what it sees. Answers after how many the worker is found hung. */
    private int looks(int most, IntConsumer before) {
        return looks(most, TIMEOUT, before);
    }

    private int looks(int most, long limitNs, IntConsumer before) {
        for (int look = 1; look <= most; look++) {
            before.accept(look);
            judge.onSilence(SECOND);
            if (judge.isSuspect(limitNs) && judge.weigh(seen, SECOND, SECOND)) {
                questions++;
            }
            if (judge.isHung(limitNs)) {
                return look;
            }
            String excuse = judge.newExcuse(limitNs);
            if (excuse != null) {
                told.add(excuse);
            }
        }
        return 0;
    }

    /** Its loop thread sleeps; its JVM answers. */
    private void healthy(int look) {
        seen.stopped = false;
        seen.runnable = false;
        seen.ranNs = 100;
        seen.waitedNs = 50;
        seen.answers = look;
    }

    /** Its loop thread gets so many percent of the CPU that it wants. */
    private void gets(long percent, int look) {
        healthy(look);
        seen.ranNs = look * SECOND * percent / 100;
        seen.waitedNs = look * SECOND * (100 - percent) / 100;
    }

    private void standsStill(int look) {
        healthy(look);
        seen.answers = 7;
    }

    private void stopped(int look) {
        standsStill(look);
        seen.stopped = true;
    }

    @Test
    void shouldFindHungAtTheTimeoutWhoHasNoExcuse() {
        assertEquals(6, looks(FOR_EVER, this::healthy));
        assertEquals(List.of(), told);
        assertEquals("", judge.excuses());
    }

    @Test
    void shouldFindHungAtTheTimeoutWhoseLoopSpinsWithACpuOfItsOwn() {
        assertEquals(6, looks(FOR_EVER, look -> {
            gets(100, look);
            seen.runnable = true;
        }));
        assertEquals(List.of(), told);
    }

    @Test
    void shouldNotAskNorLookCloselyBeforeHalfOfTheTimeout() {
        assertEquals(0, looks(2, this::healthy));
        assertFalse(judge.isSuspect(TIMEOUT));
        assertEquals(0, looks(1, this::healthy));
        assertTrue(judge.isSuspect(TIMEOUT));
        assertEquals(1, questions);
    }

    @Test
    void shouldFindHungAtTheTimeoutOfWhomNothingCanBeTold() {
        assertEquals(6, looks(FOR_EVER, look -> {
            seen.ranNs = ThreadStat.NOT_TOLD;
            seen.waitedNs = ThreadStat.NOT_TOLD;
        }));
        assertEquals(0, questions);
    }

    @Test
    void shouldExcuseWhoIsStoppedForTenTimeouts() {
        assertEquals(56, looks(FOR_EVER, this::stopped));
        assertEquals(
                List.of("silent for 6.0 s, excused: 4.0 s stopped; taken for hung after 55.0 s at the latest"), told);
        assertEquals("50.0 s stopped", judge.excuses());
        assertEquals(0, questions);
    }

    @Test
    void shouldGiveWhoGoesOnALookMore() {
        assertEquals(0, looks(20, this::stopped));
        assertEquals(0, looks(3, look -> healthy(look + 20)));
    }

    @Test
    void shouldCountSilenceAtTheShareOfTheCpuThatItGot() {
        assertEquals(0, looks(7, look -> gets(50, look)));
        assertEquals(8, 7 + looks(FOR_EVER, look -> gets(50, look + 7)));
        assertEquals("2.5 s starved (got 50 % of the CPU it wanted)", judge.excuses());
        assertEquals(
                List.of("silent for 6.0 s, excused: 1.5 s starved (got 50 % of the CPU it wanted);"
                        + " taken for hung after 30.0 s at the latest"),
                told);
    }

    @Test
    void shouldExcuseWhoStarvesForFiveTimeouts() {
        assertEquals(31, looks(FOR_EVER, look -> gets(0, look)));
    }

    @Test
    void shouldCountAWaitThatLasts() {
        assertEquals(31, looks(FOR_EVER, look -> {
            healthy(look);
            seen.runnable = true;
        }));
    }

    @Test
    void shouldExcuseAJvmThatStandsStillForTenTimeouts() {
        assertEquals(56, looks(FOR_EVER, this::standsStill));
        assertEquals(
                List.of(
                        "silent for 6.0 s, excused: 3.0 s JVM at a standstill; taken for hung after 55.0 s at the latest"),
                told);
        assertEquals(1, questions, "one that has not been answered is not asked again");
    }

    @Test
    void shouldNotExcuseTheLoopOfAJvmThatAnswers() {
        assertEquals(0, looks(20, this::standsStill));
        assertEquals(3, looks(FOR_EVER, look -> healthy(look + 20)));
    }

    /** One excuse after the other, five looks each, and never an answer. */
    private void anything(int look) {
        switch (look / 5 % 3) {
            case 0 -> stopped(look);
            case 1 -> gets(0, look);
            default -> standsStill(look);
        }
        seen.answers = 7;
    }

    @Test
    void shouldExcuseNoMoreThanTenTimeoutsOfAnyMixture() {
        assertEquals(56, looks(FOR_EVER, this::anything));
        assertEquals(1, told.size());
        assertTrue(told.get(0).length() <= 160, told.get(0));
    }

    @Test
    void shouldHaveRoomInAnEventForTheWordsOfAllExcuses() {
        looks(FOR_EVER, this::anything);
        String hang = "no heartbeat for 5 s; not counted: " + judge.excuses();
        assertTrue(hang.contains("stopped") && hang.contains("starved") && hang.contains("standstill"), hang);
        assertTrue(hang.length() <= 160, hang);
    }

    @Test
    void shouldExcuseAgainInTheNextSilenceAndTellOfIt() {
        assertEquals(0, looks(50, this::stopped));
        judge.onBeat();
        assertEquals("", judge.excuses());
        assertFalse(judge.isSuspect(TIMEOUT));
        assertEquals(56, looks(FOR_EVER, this::stopped));
        assertEquals(2, told.size());
    }

    @Test
    void shouldAddExcusesToALongStepThatWasAnnounced() {
        long limitNs = 20 * SECOND;
        assertEquals(21, looks(FOR_EVER, limitNs, this::healthy));
        judge.onBeat();
        assertEquals(71, looks(FOR_EVER, limitNs, this::stopped));
    }

    @Test
    void shouldBelieveOfTimesNoMoreThanCanHavePassed() {
        // Each second look seems to have run all the time, the others seem to have waited.
        assertEquals(8, looks(FOR_EVER, look -> {
            healthy(look);
            seen.ranNs = look % 2 == 0 ? Long.MAX_VALUE : 0;
            seen.waitedNs = look % 2 == 0 ? 0 : Long.MAX_VALUE;
        }));
    }

    @Test
    void shouldTellOfNoExcuseThatMadeNoDifference() {
        assertEquals(0, looks(4, this::stopped));
        assertNull(judge.newExcuse(TIMEOUT));
        assertEquals(0, looks(2, look -> stopped(look + 4)));
        assertNotNull(told.get(0));
    }
}
