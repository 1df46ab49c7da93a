package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what must come, and fails instead of hanging. Long, since only a broken build runs into it. */
final class Watchdog {
    static final int TIMEOUT_MS = 60_000;

    private Watchdog() {}

    /** Waits for something that no descriptor tells of. */
    static void await(String what, BooleanSupplier condition) {
        long giveUpNs = System.nanoTime() + TIMEOUT_MS * 1_000_000L;
        while (true) {
            long lookedNs = System.nanoTime();
            if (condition.getAsBoolean()) {
                return;
            }
            long pauseNs = Math.max(500_000, 5 * (System.nanoTime() - lookedNs));
            if (System.nanoTime() - giveUpNs > 0) {
                fail("Waited " + TIMEOUT_MS + " ms in vain for: " + what);
            }
            LockSupport.parkNanos(pauseNs);
        }
    }

    /** Waits until a descriptor is readable or hung up. */
    static void awaitReadable(String what, int fd) throws OsException {
        try (Epoll epoll = Epoll.create()) {
            epoll.add(fd, 1);
            long giveUpNs = System.nanoTime() + TIMEOUT_MS * 1_000_000L;
            int ready = 0;
            while (ready == 0 && System.nanoTime() - giveUpNs < 0) {
                ready = epoll.await(TIMEOUT_MS);
            }
            assertEquals(1, ready, "Waited " + TIMEOUT_MS + " ms in vain for: " + what);
        }
    }

    /** Whether a descriptor is readable or hung up now. */
    static boolean isReadable(int fd) throws OsException {
        try (Epoll epoll = Epoll.create()) {
            epoll.add(fd, 1);
            return epoll.await(0) == 1;
        }
    }
}
