package io.coppice.supervisor.os;

import jnr.ffi.Pointer;

/**
 * System calls that the C libraries we support do not wrap. One interface per number of arguments, none above five
 * including the number: that keeps each call free of allocation. All longs: the C function takes its variable arguments
 * as longs. Public inside for the same reason as {@link LibC.Functions}.
 */
final class Syscall {
    /** pidfd_open(pid, flags), Linux 5.3; the same number on x86-64 and aarch64. */
    static final long PIDFD_OPEN = 434;

    /** pidfd_send_signal(pidfd, signo, info, flags), Linux 5.1; the same number on x86-64 and aarch64. */
    static final long PIDFD_SEND_SIGNAL = 424;

    /** ioctl(fd, request, argument). */
    static final long IOCTL = System.getProperty("os.arch", "").equals("aarch64") ? 29 : 16;

    private Syscall() {}

    public interface OfTwo {
        long syscall(long number, long first, long second);
    }

    public interface OfThree {
        long syscall(long number, long first, long second, Pointer third);
    }

    public interface OfFour {
        long syscall(long number, long first, long second, long third, long fourth);
    }
}
