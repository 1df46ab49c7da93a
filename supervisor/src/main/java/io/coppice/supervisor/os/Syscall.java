package io.coppice.supervisor.os;

import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * System calls that the C libraries we support do not wrap. One interface per number of arguments; those of up to five
 * including the number are free of allocation. All longs: the C function takes its variable arguments
 * as longs. Public inside for the same reason as {@link LibC.Functions}.
 */
final class Syscall {
    /** pidfd_open(pid, flags), Linux 5.3; the same number on x86-64 and aarch64. */
    static final long PIDFD_OPEN = 434;

    /** pidfd_send_signal(pidfd, signo, info, flags), Linux 5.1; the same number on x86-64 and aarch64. */
    static final long PIDFD_SEND_SIGNAL = 424;

    /** futex_waitv(waiters, count, flags, timeout, clock), Linux 5.16; the same number on x86-64 and aarch64. */
    static final long FUTEX_WAITV = 449;

    /** landlock_create_ruleset(attributes, size, flags), Linux 5.13; the same number on x86-64 and aarch64. */
    static final long LANDLOCK_CREATE_RULESET = 444;

    /** landlock_add_rule(ruleset, type, rule, flags), likewise. */
    static final long LANDLOCK_ADD_RULE = 445;

    /** landlock_restrict_self(ruleset, flags), likewise. */
    static final long LANDLOCK_RESTRICT_SELF = 446;

    private static final boolean AARCH64 = System.getProperty("os.arch", "").equals("aarch64");

    /** ioctl(fd, request, argument). */
    static final long IOCTL = AARCH64 ? 29 : 16;

    /** futex(word, operation, value, timeout). */
    static final long FUTEX = AARCH64 ? 98 : 202;

    /** seccomp(operation, flags, arguments). */
    static final long SECCOMP = AARCH64 ? 277 : 317;

    static final long UNSHARE = AARCH64 ? 97 : 272;

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

    /** Allocates at each call. */
    public interface OfFive {
        long syscall(long number, Pointer first, long second, long third, @Nullable Pointer fourth, long fifth);
    }
}
