package io.coppice.supervisor.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A pipe that is open in another process, opened once more by its number there: so a root writes into the pipes of a root that died.
 * What that process has at the number it decides itself, so the pipe is known by its inode, and nothing but that very pipe is ever
 * opened for writing; for reading any pipe is.
 */
public final class PipeOfAnother {
    /** A negative error number, ENXIO's, that no call of the kernel's has told: the pipe is not where it was looked for. */
    public static final int NOT_THERE = -Errno.ENXIO;

    private static final String PREFIX = "pipe:[";
    private static final long ANY = -1;

    private PipeOfAnother() {}

    /**
     * The inode of a pipe of this process.
     *
     * @return 0 if it is none, or /proc does not tell
     */
    public static long inode(int fd) {
        try {
            String link = Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
            return link.startsWith(PREFIX) && link.endsWith("]")
                    ? Long.parseLong(link.substring(PREFIX.length(), link.length() - 1))
                    : 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    /**
     * The end to write to. Does not block, neither now nor when it is written to.
     *
     * @param pid of a process that the caller has pinned by a pidfd, and finds alive by it after this
     * @param inode of the pipe, as {@link #inode} told it
     * @return the descriptor, close-on-exec, or the negative error number; {@link #NOT_THERE} if something else is there, or nothing; -EINVAL if the
     *     inode is 0
     */
    public static int openToWrite(int pid, int fd, long inode) {
        if (inode == 0) {
            return -Errno.EINVAL;
        }
        return open(pid, fd, inode, Kernel.O_WRONLY);
    }

    /**
     * The end to read from, of whatever pipe is there. Does not block, neither now nor when it is read.
     *
     * @param pid as of {@link #openToWrite}
     * @return the descriptor, close-on-exec, or the negative error number; {@link #NOT_THERE} if something else than a pipe is there, or nothing
     */
    public static int openToRead(int pid, int fd) {
        return open(pid, fd, ANY, Kernel.O_RDONLY);
    }

    private static int open(int pid, int fd, long inode, int mode) {
        // By O_PATH first: that opens nothing, but holds on to what is there, so that it can be looked at.
        int there = PathCalls.open("/proc/" + pid + "/fd/" + fd, Kernel.O_PATH, 0);
        if (there < 0) {
            return there == -Errno.ENOENT ? NOT_THERE : there;
        }
        try {
            long found = inode(there);
            return found != 0 && (inode == ANY || found == inode)
                    ? PathCalls.open("/proc/self/fd/" + there, mode | Kernel.O_NONBLOCK, 0)
                    : NOT_THERE;
        } finally {
            Fds.close(there);
        }
    }
}
