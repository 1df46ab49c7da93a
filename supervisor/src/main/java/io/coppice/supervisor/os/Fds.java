package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import java.io.ByteArrayOutputStream;
import jnr.ffi.Pointer;

/**
 * Plain descriptors. Any thread. {@link #write} and {@link #readSome} allocate nothing once the calling thread has used
 * one of them. Writing to a pipe without a reader returns -EPIPE: the JVM ignores SIGPIPE.
 */
public final class Fds {
    /** The most that one call moves; more is moved by calling again, as with any partial write. */
    private static final int SCRATCH_BYTES = 16 * 1024;

    private static final int MSG_NOSIGNAL = 0x4000;

    private static final ThreadLocal<Pointer> SCRATCH = ThreadLocal.withInitial(() -> Kernel.allocate(SCRATCH_BYTES));

    private Fds() {}

    /**
     * Writes up to {@code len} bytes from the start of {@code bytes}, at most 16 KiB.
     *
     * @return how many were written, or the negative error number: -EAGAIN (-11) when a non-blocking descriptor is full,
     *     -EPIPE (-32) when nobody can read any more
     */
    public static int write(int fd, byte[] bytes, int len) {
        return write(fd, bytes, 0, len);
    }

    static int write(int fd, byte[] bytes, int from, int len) {
        Pointer scratch = SCRATCH.get();
        int wanted = Math.min(len, SCRATCH_BYTES);
        scratch.put(0, bytes, from, wanted);
        long written;
        do {
            written = LIBC.write(fd, scratch, wanted);
        } while (written < 0 && Errno.last() == Errno.EINTR);
        return written < 0 ? -Errno.last() : (int) written;
    }

    /** As {@link #write} on a socket: a peer that is gone is -EPIPE in every JVM, whatever it does with SIGPIPE. */
    static int send(int fd, byte[] bytes, int from, int len) {
        Pointer scratch = SCRATCH.get();
        int wanted = Math.min(len, SCRATCH_BYTES);
        scratch.put(0, bytes, from, wanted);
        long written;
        do {
            written = LIBC.send(fd, scratch, wanted, MSG_NOSIGNAL);
        } while (written < 0 && Errno.last() == Errno.EINTR);
        return written < 0 ? -Errno.last() : (int) written;
    }

    /**
     * Reads what is there, at most {@code dst.length} bytes and 16 KiB.
     *
     * @return how many were read, 0 at the end of file, or the negative error number: -EAGAIN (-11) when a non-blocking
     *     descriptor has nothing now
     */
    public static int readSome(int fd, byte[] dst) {
        return read(fd, dst, 0, dst.length);
    }

    static int read(int fd, byte[] dst, int from, int len) {
        Pointer scratch = SCRATCH.get();
        int wanted = Math.min(len, SCRATCH_BYTES);
        long read;
        do {
            read = LIBC.read(fd, scratch, wanted);
        } while (read < 0 && Errno.last() == Errno.EINTR);
        if (read < 0) {
            return -Errno.last();
        }
        scratch.get(0, dst, from, (int) read);
        return (int) read;
    }

    /** Closes a descriptor that is the caller's own; the number is free for reuse at once. */
    public static void close(int fd) {
        if (LIBC.close(fd) != 0) {
            int errno = Errno.last();
            // EINTR and EIO leave the descriptor closed on Linux (close(2)); EBADF is a double close.
            if (errno != Errno.EINTR && errno != Errno.EIO) {
                throw Kernel.broken("Cannot close descriptor " + fd, errno);
            }
        }
    }

    /**
     * Gives what is open to another user, so that it can open it once more by its name in /proc: of a pipe both ends.
     *
     * @throws OsException if this process may not
     */
    public static void give(int fd, int uid, int gid) throws OsException {
        if (LIBC.fchown(fd, uid, gid) != 0) {
            throw OsException.of("Cannot give descriptor " + fd + " to user " + uid, Errno.last(), "");
        }
    }

    /**
     * Reads a descriptor to its end, blocking; leaves it open.
     *
     * @throws OsException when there are more than {@code maxBytes} (EFBIG), or reading fails
     */
    public static byte[] readAll(int fd, int maxBytes) throws OsException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] some = new byte[SCRATCH_BYTES];
        while (true) {
            int read = readSome(fd, some);
            if (read == 0) {
                return all.toByteArray();
            }
            if (read < 0) {
                throw OsException.of(
                        "Cannot read descriptor " + fd, -read, "Expected a file or blocking pipe open for reading");
            }
            if (all.size() + read > maxBytes) {
                throw OsException.of(
                        "Cannot read descriptor " + fd + ": more than " + maxBytes + " bytes", Errno.EFBIG, "");
            }
            all.write(some, 0, read);
        }
    }

    /**
     * Copies a descriptor to a number of {@link Kernel#FIRST_MOVED_FD} or more, close-on-exec.
     *
     * @return the copy, or the negative error number; the original stays open
     */
    static int copyHigh(int fd) {
        return copy(fd, Kernel.FIRST_MOVED_FD);
    }

    /** As {@link #copyHigh}, to any number. */
    static int copyAny(int fd) {
        return copy(fd, 0);
    }

    private static int copy(int fd, long lowest) {
        int copy = LIBC.fcntl(fd, Kernel.F_DUPFD_CLOEXEC, lowest);
        return copy < 0 ? -Errno.last() : copy;
    }

    static void setNonBlocking(int fd) {
        setFlag(fd, Kernel.O_NONBLOCK, true);
    }

    static void setBlocking(int fd) {
        setFlag(fd, Kernel.O_NONBLOCK, false);
    }

    private static void setFlag(int fd, int flag, boolean on) {
        int flags = LIBC.fcntl(fd, Kernel.F_GETFL, 0L);
        if (flags < 0 || LIBC.fcntl(fd, Kernel.F_SETFL, (long) (on ? flags | flag : flags & ~flag)) < 0) {
            throw Kernel.broken("Cannot change the flags of descriptor " + fd, Errno.last());
        }
    }

    /** The error of a call that made a new descriptor. */
    static OsException exhausted(String call, int errno) {
        String advice = switch (errno) {
            case Errno.EMFILE -> "Raise the process's limit of open files (ulimit -n, LimitNOFILE=)";
            case Errno.ENFILE -> "Raise the system's limit of open files (sysctl fs.file-max)";
            case Errno.ENOMEM -> "The kernel has no memory left";
            case Errno.ENOSYS -> "Linux 5.4 or newer is needed";
            default -> "";
        };
        return OsException.of(call, errno, advice);
    }
}
