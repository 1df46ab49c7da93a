package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import jnr.ffi.Pointer;

/**
 * Tells that the wall clock was set, or went on without us while the machine was suspended: the kernel cancels a timer on
 * CLOCK_REALTIME then, see TFD_TIMER_CANCEL_ON_SET in timerfd_create(2). Costs nothing in between. One thread.
 */
public final class ClockSteps implements AutoCloseable {
    private static final int CLOCK_REALTIME = 0;
    private static final int CLOCK_MONOTONIC = 1;
    private static final int CLOCK_BOOTTIME = 7;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** Two clocks are not read at one instant: what is less is not told from nothing. */
    private static final long SHORTEST_SUSPENSION_MS = 100;

    private static final int TFD_TIMER_ABSTIME = 1;
    private static final int TFD_TIMER_CANCEL_ON_SET = 2;
    private static final int ECANCELED = 125;
    private static final int ITIMERSPEC_BYTES = 32;
    private static final int VALUE_SECONDS_OFFSET = 16;
    private static final long NANOS_PER_MS = 1_000_000;

    /** The year 10,000; the timer is not there to expire. */
    private static final long NEVER_SECONDS = 253_402_300_800L;

    private final int fd;
    private final Pointer spec = Kernel.allocate(ITIMERSPEC_BYTES);
    private final Pointer expirations = Kernel.allocate(Long.BYTES);
    private final Pointer time = Kernel.allocate(2 * Long.BYTES);
    private long offsetMs = offsetMs();
    private long asleepNs = asleepNs();

    private ClockSteps(int fd) {
        this.fd = fd;
        spec.putLong(VALUE_SECONDS_OFFSET, NEVER_SECONDS);
        arm();
    }

    /**
     * Begins to listen.
     *
     * @throws OsException when the process or the system has no descriptor left
     */
    public static ClockSteps listen() throws OsException {
        int fd = LIBC.timerfd_create(CLOCK_REALTIME, Kernel.O_CLOEXEC | Kernel.O_NONBLOCK);
        if (fd < 0) {
            throw Fds.exhausted("timerfd_create", Errno.last());
        }
        return new ClockSteps(fd);
    }

    /** The descriptor to watch for reading: readable once the clock has been set, until {@link #drain}. */
    public int fd() {
        return fd;
    }

    /**
     * Listens for the next time.
     *
     * @return whether the clock has been set since
     */
    public boolean drain() {
        boolean set = LIBC.read(fd, expirations, Long.BYTES) < 0 && Errno.last() == ECANCELED;
        if (set) {
            arm();
        }
        return set;
    }

    /** By how much the wall clock went ahead of {@link System#nanoTime()} since this was asked last; milliseconds, negative if it fell behind. */
    public long stepMs() {
        long before = offsetMs;
        offsetMs = offsetMs();
        return offsetMs - before;
    }

    /**
     * How long the machine was suspended since this was asked last, in milliseconds; 0 if it was not. {@link System#nanoTime} stands still
     * then.
     */
    public long suspendedMs() {
        long before = asleepNs;
        asleepNs = asleepNs();
        return suspendedMs(before, asleepNs);
    }

    static long suspendedMs(long asleepBeforeNs, long asleepNs) {
        long ms = (asleepNs - asleepBeforeNs) / NANOS_PER_MS;
        return ms < SHORTEST_SUSPENSION_MS ? 0 : ms;
    }

    /**
     * By how much the clock that goes on in suspension is ahead of the one that does not. Each difference is less than that by the time
     * between the two readings, so the larger of two is nearer.
     */
    private long asleepNs() {
        return Math.max(
                clockNs(CLOCK_BOOTTIME) - clockNs(CLOCK_MONOTONIC), clockNs(CLOCK_BOOTTIME) - clockNs(CLOCK_MONOTONIC));
    }

    private long clockNs(int clock) {
        if (LIBC.clock_gettime(clock, time) != 0) {
            throw Kernel.broken("clock_gettime " + clock, Errno.last());
        }
        return time.getLong(0) * NANOS_PER_SECOND + time.getLong(Long.BYTES);
    }

    @Override
    public void close() {
        Fds.close(fd);
    }

    private static long offsetMs() {
        return System.currentTimeMillis() - System.nanoTime() / NANOS_PER_MS;
    }

    private void arm() {
        if (LIBC.timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, spec, null) != 0) {
            throw Kernel.broken("Cannot set timerfd " + fd, Errno.last());
        }
    }
}
