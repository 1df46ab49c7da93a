package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import jnr.ffi.Pointer;

/**
 * Wakes the duty cycle from another thread: readable from the first {@link #signal} until {@link #drain}. However many
 * signals came in between, one drain takes them all. Neither allocates.
 */
public final class EventFd implements AutoCloseable {
    private final int fd;
    private final Pointer one = Kernel.allocate(Long.BYTES);
    private final Pointer drained = Kernel.allocate(Long.BYTES);
    private boolean closed;

    private EventFd(int fd) {
        this.fd = fd;
        one.putLong(0, 1);
    }

    /**
     * An eventfd that nobody has signalled yet.
     *
     * @throws OsException when the process or the system has no descriptor left
     */
    public static EventFd create() throws OsException {
        int fd = LIBC.eventfd(0, Kernel.O_CLOEXEC | Kernel.O_NONBLOCK);
        if (fd < 0) {
            throw Fds.exhausted("eventfd", Errno.last());
        }
        return new EventFd(fd);
    }

    /** The descriptor to watch for reading. */
    public int fd() {
        return fd;
    }

    /**
     * Makes the descriptor readable. Any thread; does not block. After {@link #close} it does nothing: the number may by
     * then be another's, and nobody is left to wake.
     */
    public synchronized void signal() {
        // The lock is held for one non-blocking write, and keeps close() from freeing the number meanwhile.
        if (!closed && LIBC.write(fd, one, Long.BYTES) < 0) {
            int errno = Errno.last();
            // EAGAIN: the counter is at its top, so it is readable already.
            if (errno != Errno.EAGAIN && errno != Errno.EINTR) {
                throw Kernel.broken("Cannot signal eventfd " + fd, errno);
            }
        }
    }

    /** Takes all signals so far; no harm if there were none. The watching thread only. */
    public void drain() {
        if (LIBC.read(fd, drained, Long.BYTES) < 0) {
            int errno = Errno.last();
            if (errno != Errno.EAGAIN && errno != Errno.EINTR) {
                throw Kernel.broken("Cannot drain eventfd " + fd, errno);
            }
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Fds.close(fd);
        }
    }
}
