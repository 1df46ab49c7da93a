package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jnr.ffi.Pointer;

/**
 * There is one root per instance: the kernel's lock on a file, which outlives nothing but the process. The file holds
 * {@code PID STARTTICKS EPOCHMS} and a newline while the lock is held, for people and for messages; it is emptied on
 * {@link #close} and means nothing after a death. Any thread.
 *
 * <p>It is an open-file-description lock: children do not inherit it (close-on-exec), closing another descriptor of the
 * same file does not drop it as with plain POSIX locks, and yet {@code FileChannel.tryLock} of another process conflicts
 * with it, as it would not with flock(2).
 */
public final class RootLock implements AutoCloseable {
    /** struct flock of 64-bit Linux: type 2, whence 2, padding 4, start 8, length 8, pid 4, padding 4. */
    private static final int FLOCK_BYTES = 32;

    private static final short F_WRLCK = 1;
    private static final int MODE = 0600;

    /** Replaced under our hands this often, somebody is at work who should not be. */
    private static final int ATTEMPTS = 100;

    private static final int CONTENT_BYTES = 128;
    private static final Pattern CONTENT = Pattern.compile("([0-9]{1,9}) ([0-9]{1,18}) ([0-9]{1,18})\n");

    private final int fd;

    private RootLock(int fd) {
        this.fd = fd;
    }

    /**
     * Takes the lock, creating the file with mode 0600 if it is missing. Does not wait.
     *
     * @throws RootLockHeldException when another process, or this one, holds it
     * @throws OsException when the file cannot be opened, locked or written
     */
    public static RootLock acquire(Path file) throws RootLockHeldException, OsException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int fd = PathCalls.open(file.toString(), Kernel.O_RDWR | Kernel.O_CREAT | Kernel.O_NOFOLLOW, MODE);
            if (fd < 0) {
                int errno = -fd;
                throw OsException.of("Cannot open the lock " + file, errno, FileKind.adviceOnDirectory(file, errno));
            }
            boolean kept = false;
            try {
                lock(fd, file);
                // The file may have been removed between opening and locking; then the lock is on nobody's file.
                if (isStillAt(fd, file)) {
                    write(fd, file);
                    kept = true;
                    return new RootLock(fd);
                }
            } finally {
                if (!kept) {
                    Fds.close(fd);
                }
            }
        }
        throw new OsException(
                "Cannot lock " + file + ": it was replaced " + ATTEMPTS + " times meanwhile. Find out by whom",
                Errno.EAGAIN);
    }

    /** Empties the file and lets go. */
    @Override
    public void close() {
        int errno = LIBC.ftruncate(fd, 0) == 0 ? 0 : Errno.last();
        Fds.close(fd);
        if (errno != 0) {
            throw Kernel.broken("Cannot empty the root lock", errno);
        }
    }

    private static void lock(int fd, Path file) throws RootLockHeldException, OsException {
        Pointer request = Kernel.allocate(FLOCK_BYTES); // from 0 to the end, and pid 0, as such locks demand
        request.putShort(0, F_WRLCK);
        int errno;
        try {
            errno = LIBC.fcntl(fd, Kernel.F_OFD_SETLK, request) == 0 ? 0 : Errno.last();
        } finally {
            Reference.reachabilityFence(request);
        }
        if (errno == 0) {
            return;
        }
        if (errno == Errno.EAGAIN || errno == Errno.EACCES) {
            throw held(fd, file);
        }
        throw OsException.of("Cannot lock " + file, errno, "Expected a file system with locks");
    }

    private static RootLockHeldException held(int fd, Path file) {
        byte[] content = new byte[CONTENT_BYTES];
        int length = Fds.readSome(fd, content);
        Matcher matcher = CONTENT.matcher(length <= 0 ? "" : new String(content, 0, length, StandardCharsets.US_ASCII));
        if (!matcher.matches()) {
            return new RootLockHeldException(file, -1, 0);
        }
        long heldMs = System.currentTimeMillis() - Long.parseLong(matcher.group(3));
        return new RootLockHeldException(file, Integer.parseInt(matcher.group(1)), Math.max(0, heldMs / 1000));
    }

    private static boolean isStillAt(int fd, Path file) throws OsException {
        try {
            return Files.exists(file) && Files.isSameFile(file, Path.of("/proc/self/fd/" + fd));
        } catch (java.nio.file.NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new OsException("Cannot look at the lock " + file + ": " + e, Errno.EIO);
        }
    }

    private static void write(int fd, Path file) throws OsException {
        int pid = Kernel.JNR_POSIX.getpid();
        byte[] content = (pid + " " + new ProcessTable().startTicks(pid) + " " + System.currentTimeMillis() + "\n")
                .getBytes(StandardCharsets.US_ASCII);
        if (LIBC.ftruncate(fd, 0) != 0) {
            throw OsException.of("Cannot write the lock " + file, Errno.last(), "");
        }
        int written = Fds.write(fd, content, content.length);
        if (written != content.length) {
            int errno = written < 0 ? -written : Errno.ENOSPC;
            throw OsException.of("Cannot write the lock " + file, errno, "Free some space there");
        }
    }
}
