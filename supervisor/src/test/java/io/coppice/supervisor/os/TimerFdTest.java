package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerFdTest {
    @Test
    void shouldFireAtATimeOfSystemNanoTimeAndNotBefore() throws Exception {
        try (TimerFd timer = TimerFd.create();
                Epoll epoll = Epoll.create()) {
            epoll.add(timer.fd(), 9);
            long deadlineNs = System.nanoTime() + 30_000_000;
            timer.armAtNs(deadlineNs);
            assertEquals(1, epoll.await(Watchdog.TIMEOUT_MS));
            assertTrue(System.nanoTime() >= deadlineNs);
            timer.drain();
            assertEquals(0, epoll.await(0));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, 1_000_000_000})
    void shouldFireAtOnceForATimeThatIsPast(long pastNs) throws Exception {
        try (TimerFd timer = TimerFd.create()) {
            timer.armAtNs(pastNs);
            Watchdog.awaitReadable("timer in the past", timer.fd());
        }
    }

    @Test
    void shouldNotFireWhenDisarmedOrForADistantTime() throws Exception {
        try (TimerFd timer = TimerFd.create()) {
            assertFalse(Watchdog.isReadable(timer.fd()));
            timer.drain();
            timer.armAtNs(1);
            Watchdog.awaitReadable("timer in the past", timer.fd());
            timer.disarm();
            assertFalse(Watchdog.isReadable(timer.fd()));
            timer.armAtNs(Long.MAX_VALUE);
            assertFalse(Watchdog.isReadable(timer.fd()));
            timer.armAtNs(1);
            Watchdog.awaitReadable("timer armed anew", timer.fd());
        }
    }
}
