package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import java.lang.ref.Reference;
import java.nio.file.Path;
import jnr.ffi.Pointer;

/**
 * Tells that something in a directory was removed or renamed (inotify), not what: look. One thread; no call blocks, and
 * {@link #drain} allocates nothing.
 */
public final class DirectoryWatch implements AutoCloseable {
    /** uapi/linux/inotify.h; the same on x86-64 and aarch64. */
    private static final int IN_MOVED_FROM = 0x40;

    private static final int IN_MOVED_TO = 0x80;
    private static final int IN_DELETE = 0x200;
    private static final int IN_DELETE_SELF = 0x400;
    private static final int IN_MOVE_SELF = 0x800;
    private static final int IN_ONLYDIR = 0x1000000;
    private static final int REMOVED =
            IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

    /** What is over is told of again. */
    private static final int MOST_READS = 16;

    private final int fd;
    private final byte[] events = new byte[4096];

    private DirectoryWatch(int fd) {
        this.fd = fd;
    }

    /**
     * Watches nothing yet.
     *
     * @throws OsException when the process has no descriptor left, or the user no inotify instance
     */
    public static DirectoryWatch create() throws OsException {
        int fd = LIBC.inotify_init1(Kernel.O_NONBLOCK | Kernel.O_CLOEXEC);
        if (fd < 0) {
            throw OsException.of("inotify_init1", Errno.last(), "Raise fs.inotify.max_user_instances (sysctl)");
        }
        return new DirectoryWatch(fd);
    }

    /**
     * Watches the directory that has this name now; harmless if it is watched already.
     *
     * @throws OsException when there is none, or the kernel has no room for another watch
     */
    public void watch(Path directory) throws OsException {
        Pointer path = NativeStrings.of(directory.toString());
        try {
            if (LIBC.inotify_add_watch(fd, path, REMOVED) < 0) {
                throw OsException.of("Cannot watch " + directory, Errno.last(), "");
            }
        } finally {
            Reference.reachabilityFence(path);
        }
    }

    /** The descriptor to watch for reading. */
    public int fd() {
        return fd;
    }

    /** Forgets what has been told. */
    public void drain() {
        for (int i = 0; i < MOST_READS && Fds.readSome(fd, events) > 0; i++) {
            // told
        }
    }

    @Override
    public void close() {
        Fds.close(fd);
    }
}
