package io.coppice.supervisor.os;

/** The error numbers that this package decides by; equal on x86-64 and aarch64 (asm-generic/errno-base.h, errno.h). */
final class Errno {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int ENXIO = 6;
    static final int E2BIG = 7;
    static final int ENOEXEC = 8;
    static final int ECHILD = 10;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int EFAULT = 14;
    static final int EEXIST = 17;
    static final int ENOTDIR = 20;
    static final int EINVAL = 22;
    static final int ENFILE = 23;
    static final int EMFILE = 24;
    static final int EFBIG = 27;
    static final int ENOSPC = 28;
    static final int EROFS = 30;
    static final int EPIPE = 32;
    static final int ERANGE = 34;
    static final int ENAMETOOLONG = 36;
    static final int ENOSYS = 38;
    static final int ELOOP = 40;
    static final int ENODATA = 61;
    static final int ENOPROTOOPT = 92;
    static final int EOPNOTSUPP = 95;
    static final int EADDRINUSE = 98;
    static final int ECONNABORTED = 103;
    static final int EDQUOT = 122;

    private Errno() {}

    /** The number of the calling thread's last failed call through {@link Kernel}; read it before any other call. */
    static int last() {
        return Kernel.RUNTIME.getLastError();
    }

    /**
     * For people: the text and the symbolic name, such as {@code No such file or directory (ENOENT)}. From jnr's table of
     * this system, not strerror(3): the same in every locale.
     */
    static String describe(int errno) {
        jnr.constants.platform.Errno known = jnr.constants.platform.Errno.valueOf(errno);
        return known.intValue() == errno ? known.description() + " (" + known.name() + ")" : "error " + errno;
    }
}
