package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import jnr.ffi.Pointer;

/**
 * A regular file that is held, whatever its name leads to meanwhile: for reading what others may replace. Opening a FIFO would wait for somebody
 * who writes, so the name is opened without waiting, and what is no regular file is refused. Any thread; may block for as long as the file
 * system needs.
 */
public final class RegularFile implements AutoCloseable {
    private final int fd;

    private RegularFile(int fd) {
        this.fd = fd;
    }

    /**
     * Holds the file that has this name now.
     *
     * @throws IOException if there is none, or it may not be read, or is something else
     */
    public static RegularFile open(Path file) throws IOException {
        int fd = PathCalls.open(file.toString(), Kernel.O_RDONLY | Kernel.O_NONBLOCK, 0);
        if (fd == -Errno.ENOENT) {
            throw new NoSuchFileException(file.toString());
        }
        if (fd < 0) {
            throw new FileSystemException(file.toString(), null, "cannot be opened, error number " + -fd);
        }
        if (!isRegular(fd)) {
            Fds.close(fd);
            throw new FileSystemException(file.toString(), null, "is no regular file");
        }
        return new RegularFile(fd);
    }

    private static boolean isRegular(int fd) {
        Pointer stat = Kernel.allocate(Kernel.STAT_BYTES);
        try {
            return LIBC.fstat(fd, stat) == 0
                    && (stat.getInt(Kernel.STAT_MODE_OFFSET) & Kernel.S_IFMT) == Kernel.S_IFREG;
        } finally {
            Reference.reachabilityFence(stat);
        }
    }

    /** A name by which this process opens the same file once more, until {@link #close}. */
    public Path path() {
        return Path.of("/proc/self/fd/" + fd);
    }

    @Override
    public void close() {
        Fds.close(fd);
    }
}
