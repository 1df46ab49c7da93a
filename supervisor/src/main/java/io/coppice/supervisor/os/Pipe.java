package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import jnr.ffi.Pointer;

/**
 * A pipe between the root and a child. Both ends are close-on-exec and numbered 100 or more, so that the duplications in
 * a spawned child never overwrite them. The creator closes each end with {@link Fds#close}.
 */
public final class Pipe {
    private final int readFd;
    private final int writeFd;

    private Pipe(int readFd, int writeFd) {
        this.readFd = readFd;
        this.writeFd = writeFd;
    }

    /**
     * For holding a child: the read end blocks (it becomes the child's), the write end does not.
     *
     * @throws OsException when the process or the system has no descriptor left
     */
    public static Pipe create() throws OsException {
        Pointer fds = Kernel.allocate(2 * Integer.BYTES);
        if (LIBC.pipe2(fds, Kernel.O_CLOEXEC) != 0) {
            throw Fds.exhausted("pipe2", Errno.last());
        }
        int lowRead = fds.getInt(0);
        int lowWrite = fds.getInt(Integer.BYTES);
        int read = Fds.copyHigh(lowRead);
        int write = Fds.copyHigh(lowWrite);
        Fds.close(lowRead);
        Fds.close(lowWrite);
        if (read < 0 || write < 0) {
            if (read >= 0) {
                Fds.close(read);
            }
            if (write >= 0) {
                Fds.close(write);
            }
            throw Fds.exhausted("fcntl(F_DUPFD_CLOEXEC)", read < 0 ? -read : -write);
        }
        Fds.setNonBlocking(write);
        return new Pipe(read, write);
    }

    /**
     * For hearing from a child: as {@link #create}, and the read end does not block either.
     *
     * @throws OsException as {@link #create}
     */
    public static Pipe createNonBlocking() throws OsException {
        Pipe pipe = create();
        Fds.setNonBlocking(pipe.readFd);
        return pipe;
    }

    /** The end to read from. */
    public int readFd() {
        return readFd;
    }

    /** The end to write to. */
    public int writeFd() {
        return writeFd;
    }
}
