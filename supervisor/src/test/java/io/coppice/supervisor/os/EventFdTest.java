package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventFdTest {
    @Test
    void shouldWakeTheWatcherFromAnotherThread() throws Exception {
        try (EventFd fd = EventFd.create()) {
            assertFalse(Watchdog.isReadable(fd.fd()));
            fd.drain();
            Thread other = new Thread(fd::signal);
            other.start();
            Watchdog.awaitReadable("signal of another thread", fd.fd());
            other.join();
            fd.drain();
            assertFalse(Watchdog.isReadable(fd.fd()));
        }
    }

    @Test
    void shouldLoseNoWakeUpHoweverManyThreadsSignal() throws Exception {
        int threads = 4;
        int each = 5_000;
        AtomicInteger done = new AtomicInteger();
        try (EventFd fd = EventFd.create()) {
            for (int t = 0; t < threads; t++) {
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < each; i++) {
                        done.incrementAndGet();
                        fd.signal();
                    }
                });
                thread.setDaemon(true);
                thread.start();
            }
            while (done.get() < threads * each) {
                Watchdog.awaitReadable("a signal for each piece of work", fd.fd());
                fd.drain();
            }
            assertEquals(threads * each, done.get());
        }
    }

    @Test
    void shouldTouchNobodysDescriptorAfterClose() throws Exception {
        EventFd closed = EventFd.create();
        int number = closed.fd();
        closed.close();
        closed.close();
        try (EventFd next = EventFd.create()) {
            closed.signal();
            if (next.fd() == number) { // the usual case: the lowest free number
                assertFalse(Watchdog.isReadable(next.fd()));
            }
            next.signal();
            assertTrue(Watchdog.isReadable(next.fd()));
        }
    }
}
