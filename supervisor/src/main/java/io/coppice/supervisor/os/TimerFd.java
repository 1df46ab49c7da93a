package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import jnr.ffi.Pointer;

/**
 * One deadline as a descriptor, on CLOCK_MONOTONIC: it stands still while the machine is suspended. HotSpot's {@link
 * System#nanoTime()} reads that clock, without offset, so its values are deadlines as they are. One thread; nothing here
 * allocates.
 */
public final class TimerFd implements AutoCloseable {
    private static final int CLOCK_MONOTONIC = 1;
    private static final int TFD_TIMER_ABSTIME = 1;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** struct itimerspec of 64-bit Linux: interval seconds, nanoseconds; first expiry seconds, nanoseconds. */
    private static final int ITIMERSPEC_BYTES = 32;

    private static final int VALUE_SECONDS_OFFSET = 16;
    private static final int VALUE_NANOS_OFFSET = 24;

    private final int fd;
    private final Pointer spec = Kernel.allocate(ITIMERSPEC_BYTES);
    private final Pointer expirations = Kernel.allocate(Long.BYTES);

    private TimerFd(int fd) {
        this.fd = fd;
    }

    /**
     * A disarmed timer.
     *
     * @throws OsException when the process or the system has no descriptor left
     */
    public static TimerFd create() throws OsException {
        int fd = LIBC.timerfd_create(CLOCK_MONOTONIC, Kernel.O_CLOEXEC | Kernel.O_NONBLOCK);
        if (fd < 0) {
            throw Fds.exhausted("timerfd_create", Errno.last());
        }
        return new TimerFd(fd);
    }

    /** The descriptor to watch for reading. */
    public int fd() {
        return fd;
    }

    /**
     * Makes the descriptor readable at that time, at once if it is past; replaces what was armed before.
     *
     * @param systemNanoTime a value on the scale of {@link System#nanoTime()}
     */
    public void armAtNs(long systemNanoTime) {
        set(Math.max(1, systemNanoTime)); // zero would disarm
    }

    /** Makes the descriptor not readable until armed again. */
    public void disarm() {
        set(0);
    }

    /** Makes a fired timer's descriptor not readable; no harm if it has not fired. */
    public void drain() {
        if (LIBC.read(fd, expirations, Long.BYTES) < 0) {
            int errno = Errno.last();
            if (errno != Errno.EAGAIN && errno != Errno.EINTR) {
                throw Kernel.broken("Cannot drain timerfd " + fd, errno);
            }
        }
    }

    @Override
    public void close() {
        Fds.close(fd);
    }

    private void set(long atNs) {
        spec.putLong(VALUE_SECONDS_OFFSET, atNs / NANOS_PER_SECOND);
        spec.putLong(VALUE_NANOS_OFFSET, atNs % NANOS_PER_SECOND);
        if (LIBC.timerfd_settime(fd, TFD_TIMER_ABSTIME, spec, null) != 0) {
            throw Kernel.broken("Cannot set timerfd " + fd, Errno.last());
        }
    }
}
