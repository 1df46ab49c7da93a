package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import jnr.ffi.Pointer;

/**
 * Readiness of many descriptors. One thread. {@link #await} and {@link #rearm} allocate nothing.
 *
 * <p>Tokens are the caller's names for descriptors, any long. Forgetting a descriptor before it is closed is the
 * caller's: the kernel would go on reporting a descriptor that a child still holds a copy of.
 */
public final class Epoll implements AutoCloseable {
    /** Events taken per {@link #await}; what is over is told by the next. */
    private static final int CAPACITY = 64;

    private static final int CTL_ADD = 1;
    private static final int CTL_DEL = 2;
    private static final int CTL_MOD = 3;
    private static final int EPOLLIN = 0x1;
    private static final int EPOLLERR = 0x8;
    private static final int EPOLLHUP = 0x10;
    private static final int EPOLLONESHOT = 1 << 30;

    private final int fd;
    private final Pointer events = Kernel.allocate(CAPACITY * Kernel.EPOLL_EVENT_BYTES);
    private final Pointer change = Kernel.allocate(Kernel.EPOLL_EVENT_BYTES);
    private int count;

    private Epoll(int fd) {
        this.fd = fd;
    }

    /**
     * An empty set of descriptors.
     *
     * @throws OsException when the process or the system has no descriptor left
     */
    public static Epoll create() throws OsException {
        int fd = LIBC.epoll_create1(Kernel.O_CLOEXEC);
        if (fd < 0) {
            throw Fds.exhausted("epoll_create1", Errno.last());
        }
        return new Epoll(fd);
    }

    /**
     * Tells of {@code fd} at each {@link #await} for as long as it is readable or hung up.
     *
     * @throws OsException when the kernel has no room for another watch, or the descriptor cannot be watched
     */
    public void add(int fd, long token) throws OsException {
        addWith(fd, EPOLLIN, token);
    }

    /**
     * Tells of {@code fd} once, then not before {@link #rearm}. Hang-up and error also count as the one time.
     *
     * @throws OsException as {@link #add}
     */
    public void addOneShot(int fd, long token) throws OsException {
        addWith(fd, EPOLLIN | EPOLLONESHOT, token);
    }

    /**
     * Makes a descriptor of {@link #addOneShot} be told of once more; at the next {@link #await} if it is still readable.
     *
     * @throws IllegalStateException if {@code fd} was not added
     */
    public void rearm(int fd, long token) {
        int errno = control(CTL_MOD, fd, EPOLLIN | EPOLLONESHOT, token);
        if (errno != 0) {
            throw Kernel.broken("Cannot rearm descriptor " + fd, errno);
        }
    }

    /**
     * Another name for a descriptor of {@link #add}. Events already taken by {@link #await} have the old one.
     *
     * @throws IllegalStateException if {@code fd} was not added
     */
    public void rename(int fd, long token) {
        int errno = control(CTL_MOD, fd, EPOLLIN, token);
        if (errno != 0) {
            throw Kernel.broken("Cannot rename descriptor " + fd, errno);
        }
    }

    /**
     * Forgets {@code fd}. Call it before closing the descriptor. Events already taken by {@link #await} stay.
     *
     * @throws IllegalStateException if {@code fd} was not added
     */
    public void remove(int fd) {
        int errno = control(CTL_DEL, fd, 0, 0);
        if (errno != 0) {
            throw Kernel.broken("Cannot forget descriptor " + fd, errno);
        }
    }

    /**
     * Waits until a descriptor has something to tell, the time is over, or a signal handler ran in this thread.
     *
     * @param timeoutMs 0 or more, or -1 for ever
     * @return how many, 0 to 64; 0 also when interrupted by a signal
     */
    public int await(int timeoutMs) {
        count = 0;
        int ready = LIBC.epoll_wait(fd, events, CAPACITY, timeoutMs);
        if (ready < 0) {
            int errno = Errno.last();
            if (errno != Errno.EINTR) {
                throw Kernel.broken("epoll_wait", errno);
            }
            return 0;
        }
        count = ready;
        return ready;
    }

    /** The token of the i-th descriptor that the last {@link #await} told of. */
    public long token(int i) {
        return events.getLong((long) checked(i) * Kernel.EPOLL_EVENT_BYTES + Kernel.EPOLL_EVENT_DATA_OFFSET);
    }

    /** Whether the i-th descriptor's other side is gone (or it has an error); there may still be bytes to read. */
    public boolean hangup(int i) {
        return (events.getInt((long) checked(i) * Kernel.EPOLL_EVENT_BYTES) & (EPOLLHUP | EPOLLERR)) != 0;
    }

    @Override
    public void close() {
        Fds.close(fd);
    }

    private int checked(int i) {
        if (i < 0 || i >= count) {
            throw new IndexOutOfBoundsException(i);
        }
        return i;
    }

    private void addWith(int fd, int interest, long token) throws OsException {
        int errno = control(CTL_ADD, fd, interest, token);
        if (errno == Errno.ENOSPC) {
            throw OsException.of(
                    "Cannot watch descriptor " + fd, errno, "Raise fs.epoll.max_user_watches (sysctl) or run less");
        }
        if (errno != 0) {
            throw OsException.of(
                    "Cannot watch descriptor " + fd,
                    errno,
                    "Expected an open pipe, socket, pidfd, timerfd or eventfd that is not watched yet");
        }
    }

    private int control(int operation, int fd, int interest, long token) {
        change.putInt(0, interest);
        change.putLong(Kernel.EPOLL_EVENT_DATA_OFFSET, token);
        return LIBC.epoll_ctl(this.fd, operation, fd, change) == 0 ? 0 : Errno.last();
    }
}
