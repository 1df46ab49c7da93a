package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening stream socket in the file system, non-blocking, mode 0600, or 0660 for a group. One thread. */
public final class UnixListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UnixListener.class);

    static final int AF_UNIX = 1;
    static final int SOCK_STREAM = 1;
    static final int SOCK_NONBLOCK = Kernel.O_NONBLOCK;
    static final int SOCK_CLOEXEC = Kernel.O_CLOEXEC;

    /** sun_path of struct sockaddr_un, with its terminating zero. */
    private static final int SUN_PATH_BYTES = 108;

    private static final int SUN_PATH_OFFSET = 2;
    private static final int BACKLOG = 64;
    private static final int MODE = 0600;
    private static final int SHARED_MODE = 0660;

    /** In place of a group. */
    public static final long NO_GROUP = -1;

    private static final int NONE = -1;

    private final int fd;
    private final Path path;
    private long group = NO_GROUP;

    /** Kept for the one connection that is taken when no other descriptor is left. */
    private int spare;

    private UnixListener(int fd, Path path, int spare) {
        this.fd = fd;
        this.path = path;
        this.spare = spare;
    }

    /**
     * Listens at {@code path}. A socket left there by a dead root is replaced, which is safe only for the holder of the
     * root lock; anything else that is there is left alone and refused.
     *
     * @throws OsException when the path is too long for a socket, taken by something else, or its directory is missing or
     *     closed to us
     */
    public static UnixListener bind(Path path) throws OsException {
        return bind(path, NO_GROUP);
    }

    /**
     * The same, and the members of a group may connect.
     *
     * @param group a number of the kernel's, or {@link #NO_GROUP}
     * @throws OsException also when the group cannot be given the socket
     */
    public static UnixListener bind(Path path, long group) throws OsException {
        Pointer address = address(path);
        int length = addressLength(path);
        int fd = LIBC.socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw Fds.exhausted("socket for " + path, Errno.last());
        }
        try {
            // Linux makes the socket's file with the mode of the descriptor: there is no moment at which it is wider.
            // It does not make it with
            // the descriptor's group, so that a wider mode has to wait until the file has its own.
            if (LIBC.fchmod(fd, MODE) != 0) {
                throw OsException.of("Cannot set the mode of the socket for " + path, Errno.last(), "");
            }
            if (LIBC.bind(fd, address, length) != 0) {
                replaceStale(fd, address, length, path, Errno.last());
            }
            share(path, group);
            if (LIBC.listen(fd, BACKLOG) != 0) {
                throw OsException.of("Cannot listen at " + path, Errno.last(), "");
            }
            int spare = Fds.copyAny(fd);
            if (spare < 0) {
                throw Fds.exhausted("a spare descriptor for " + path, -spare);
            }
            UnixListener listener = new UnixListener(fd, path, spare);
            listener.group = group;
            return listener;
        } catch (OsException | RuntimeException e) {
            Fds.close(fd);
            throw e;
        } finally {
            Reference.reachabilityFence(address);
        }
    }

    /**
     * From now on the members of this group may connect, and no other's. Who is connected stays so.
     *
     * @param other a number of the kernel's, or {@link #NO_GROUP}
     * @throws OsException when the group cannot be given the socket, to which nobody else can connect then
     */
    public void shareWith(long other) throws OsException {
        if (other != group) {
            int errno = PathCalls.chmod(path.toString(), MODE);
            if (errno != 0) {
                throw OsException.of("Cannot set the mode of the socket " + path, errno, "");
            }
            group = NO_GROUP;
            share(path, other);
            group = other;
        }
    }

    /** Of a socket to which only its owner can connect. */
    private static void share(Path path, long group) throws OsException {
        if (group == NO_GROUP) {
            return;
        }
        int errno = PathCalls.changeGroup(path.toString(), (int) group);
        if (errno == 0) {
            errno = PathCalls.chmod(path.toString(), SHARED_MODE);
        }
        if (errno != 0) {
            throw OsException.of(
                    "Cannot let the members of group " + group + " connect to " + path,
                    errno,
                    errno == Errno.EPERM
                            ? "A user without CAP_CHOWN gives its files only to groups that it is in"
                            : "");
        }
    }

    /** The descriptor to watch for reading. */
    public int fd() {
        return fd;
    }

    /**
     * Takes the next waiting connection; null when there is none. When no descriptor is left, one connection is still taken,
     * with a descriptor that is kept for that: {@link #keepSpare} gets another.
     *
     * @throws OsException when there is no descriptor left for it. The connection goes on waiting and the descriptor stays
     *     readable, so stop watching it until something has been closed
     */
    public @Nullable UnixConnection accept() throws OsException {
        int connection = LIBC.accept4(fd, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC);
        int errno = connection < 0 ? Errno.last() : 0;
        if ((errno == Errno.EMFILE || errno == Errno.ENFILE) && spare != NONE) {
            Fds.close(spare);
            spare = NONE;
            connection = LIBC.accept4(fd, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC);
            errno = connection < 0 ? Errno.last() : 0;
        }
        if (connection < 0) {
            if (errno == Errno.EAGAIN || errno == Errno.EINTR || errno == Errno.ECONNABORTED) {
                return null;
            }
            throw Fds.exhausted("Cannot accept a connection at " + path, errno);
        }
        return UnixConnection.of(connection);
    }

    /** Whether the descriptor that is kept in reserve is there. */
    public boolean hasSpare() {
        return spare != NONE;
    }

    /** After something was closed: keeps a descriptor in reserve again, if there is one. */
    public void keepSpare() {
        if (spare == NONE) {
            spare = Math.max(NONE, Fds.copyAny(fd));
        }
    }

    /** Stops listening and leaves what has the socket's name alone: it is another's by now. */
    public void abandon() {
        if (spare != NONE) {
            Fds.close(spare);
            spare = NONE;
        }
        Fds.close(fd);
    }

    /** Stops listening and removes the socket's file. Connections that were accepted live on. */
    @Override
    public void close() {
        int errno = PathCalls.unlink(path.toString());
        if (errno != 0 && errno != Errno.ENOENT) {
            LOG.warn("Cannot remove {}: {}. The next root replaces it", path, Errno.describe(errno));
        }
        abandon();
    }

    /** Of the path's {@link #address}, in bytes. */
    static int addressLength(Path path) {
        return SUN_PATH_OFFSET + path.toString().getBytes(StandardCharsets.UTF_8).length + 1;
    }

    /** @throws OsException ENAMETOOLONG when the path does not fit */
    static Pointer address(Path path) throws OsException {
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= SUN_PATH_BYTES) {
            throw OsException.of(
                    "Cannot use " + path + " as a socket: it has " + bytes.length + " bytes, a socket's path may have "
                            + (SUN_PATH_BYTES - 1),
                    Errno.ENAMETOOLONG,
                    "Choose a shorter directory or instance name");
        }
        Pointer address = Kernel.allocate(SUN_PATH_OFFSET + SUN_PATH_BYTES);
        address.putShort(0, (short) AF_UNIX);
        address.put(SUN_PATH_OFFSET, bytes, 0, bytes.length);
        return address;
    }

    private static void replaceStale(int fd, Pointer address, int length, Path path, int errno) throws OsException {
        if (errno == Errno.EADDRINUSE) {
            if (!FileKind.isSocket(path)) {
                throw OsException.of(
                        "Cannot listen at " + path + ": something that is not a socket is there",
                        Errno.EEXIST,
                        "Remove it");
            }
            int refused = PathCalls.unlink(path.toString());
            if (refused != 0) {
                throw OsException.of("Cannot replace the stale socket " + path, refused, "Remove it");
            }
            if (LIBC.bind(fd, address, length) == 0) {
                return;
            }
            errno = Errno.last();
        }
        throw OsException.of("Cannot listen at " + path, errno, FileKind.adviceOnDirectory(path, errno));
    }
}
