package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FailureStreakTest {
    private final LoggedPort port = new LoggedPort();
    private final FailureStreak streak = new FailureStreak(port);

    @Test
    void shouldDoubleThePauseUpToASecond() {
        assertEquals(1_000_000, FailureStreak.pauseNs(1));
        assertEquals(2_000_000, FailureStreak.pauseNs(2));
        assertEquals(512_000_000, FailureStreak.pauseNs(10));
        assertEquals(1_000_000_000, FailureStreak.pauseNs(11));
        assertEquals(1_000_000_000, FailureStreak.pauseNs(Long.MAX_VALUE));
    }

    @Test
    void shouldPauseBrieflyAgainAfterASuccess() {
        IllegalStateException e = new IllegalStateException("x");
        streak.onContinue(e);
        streak.onContinue(e);
        streak.onSuccess();

        assertEquals(FailureStreak.FIRST_PAUSE_NS, streak.onContinue(e));
    }

    @Test
    void shouldNotLogEachTraceOfAFailureThatAlternatesWithSuccess() {
        IllegalStateException e = new IllegalStateException("x");
        for (int i = 0; i < 1000; i++) {
            streak.onContinue(e);
            streak.onSuccess();
        }

        assertEquals(10, port.logged.size(), port.logged.toString());
        assertEquals(
                1, port.logged.stream().filter(line -> line.endsWith("[trace]")).count());
    }

    @Test
    void shouldLogATraceAgainWhenAnotherFailureComes() {
        streak.onContinue(new IllegalStateException("x"));
        streak.onContinue(new IllegalArgumentException("y"));

        assertEquals(
                2, port.logged.stream().filter(line -> line.endsWith("[trace]")).count());
    }
}
