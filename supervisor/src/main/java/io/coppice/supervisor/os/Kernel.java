package io.coppice.supervisor.os;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/**
 * The bound libraries, loaded once, and the numbers of the ABI. Constants without a word about the machine are equal on
 * x86-64 and aarch64 (asm-generic); the others are chosen here. Any thread.
 */
final class Kernel {
    static final LibC.Functions LIBC =
            LibraryLoader.create(LibC.Functions.class).load("c");
    static final Syscall.OfTwo SYSCALL_2 =
            LibraryLoader.create(Syscall.OfTwo.class).load("c");
    static final Syscall.OfThree SYSCALL_3 =
            LibraryLoader.create(Syscall.OfThree.class).load("c");
    static final Syscall.OfFour SYSCALL_4 =
            LibraryLoader.create(Syscall.OfFour.class).load("c");
    static final Syscall.OfFive SYSCALL_5 =
            LibraryLoader.create(Syscall.OfFive.class).load("c");
    static final Runtime RUNTIME = Runtime.getRuntime(LIBC);
    static final POSIX JNR_POSIX = POSIXFactory.getNativePOSIX();

    static final boolean X86_64 = isX8664();

    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_APPEND = 0x400;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int O_PATH = 0x200000;
    /** asm-generic on x86-64, arch/arm64/include/uapi/asm/fcntl.h on aarch64. */
    static final int O_DIRECTORY = X86_64 ? 0x10000 : 0x4000;
    /** As {@link #O_DIRECTORY}. */
    static final int O_NOFOLLOW = X86_64 ? 0x20000 : 0x8000;

    /** struct epoll_event is packed on x86-64 only (EPOLL_PACKED in uapi/linux/eventpoll.h). */
    static final int EPOLL_EVENT_BYTES = X86_64 ? 12 : 16;
    /** Offset of the 64-bit data in struct epoll_event. */
    static final int EPOLL_EVENT_DATA_OFFSET = X86_64 ? 4 : 8;

    static final int F_GETFL = 3;
    static final int F_SETFL = 4;
    static final int F_OFD_SETLK = 37;
    static final int F_DUPFD_CLOEXEC = 1030;

    /** struct stat of 64-bit Linux: at most 144 bytes. */
    static final int STAT_BYTES = 256;
    /** Offset of the 32-bit st_mode in struct stat (arch/x86/include/uapi/asm/stat.h, include/uapi/asm-generic/stat.h). */
    static final int STAT_MODE_OFFSET = X86_64 ? 24 : 16;

    static final int STAT_UID_OFFSET = X86_64 ? 28 : 24;

    static final int S_IFMT = 0170000;
    static final int S_IFDIR = 0040000;
    static final int S_IFREG = 0100000;
    static final int S_IFLNK = 0120000;

    static final int X_OK = 1;
    static final int POLLIN = 1;

    /** Descriptors that a child may inherit are kept at this number or above, clear of the targets of its dup2 calls. */
    static final int FIRST_MOVED_FD = 100;

    private Kernel() {}

    private static boolean isX8664() {
        String arch = System.getProperty("os.arch", "");
        String os = System.getProperty("os.name", "");
        boolean known = arch.equals("amd64") || arch.equals("x86_64") || arch.equals("aarch64");
        if (!os.equals("Linux") || !known) {
            throw new UnsupportedOperationException("The root runs on Linux on x86-64 or aarch64 only; this is " + os
                    + " on " + arch + ". Its system calls and struct layouts are known for those two.");
        }
        return !arch.equals("aarch64");
    }

    /** Zeroed native memory that lives as long as the returned object is reachable. */
    static Pointer allocate(int bytes) {
        return Memory.allocateDirect(RUNTIME, bytes, true);
    }

    /** A broken invariant: only a bug in this process can make the call fail so. */
    static IllegalStateException broken(String what, int errno) {
        return new IllegalStateException(what + ": " + Errno.describe(errno));
    }
}
