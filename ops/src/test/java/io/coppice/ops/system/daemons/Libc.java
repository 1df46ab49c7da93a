package io.coppice.ops.system.daemons;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;

/** What hostile daemons ask of the kernel; nothing of Java's stands between. */
final class Libc {
    static final Functions C = LibraryLoader.create(Functions.class).load("c");
    static final Runtime RUNTIME = Runtime.getRuntime(C);

    /** The same numbers on x86-64 and aarch64. */
    static final long PIDFD_SEND_SIGNAL = 424;

    static final long PIDFD_OPEN = 434;
    static final long PIDFD_GETFD = 438;
    static final long IOPRIO_SET = System.getProperty("os.arch").equals("amd64") ? 251 : 30;

    private Libc() {}

    /** The kernel said no. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        final int errno;

        RefusedException(String call, int errno) {
            super(call + ": error number " + errno);
            this.errno = errno;
        }
    }

    /** As in C. Addresses are numbers where any will do. */
    public interface Functions {
        int open(String path, int flags, int mode);

        int close(int fd);

        Pointer mmap(@Nullable Pointer address, long length, int protection, int flags, int fd, long offset);

        int munmap(Pointer address, long length);

        int mprotect(Pointer address, long length, int protection);

        int truncate(String path, long length);

        int fallocate(int fd, int mode, long offset, long length);

        int chmod(String path, int mode);

        int chown(String path, int uid, int gid);

        int setxattr(String path, String name, Pointer value, long bytes, int flags);

        int utimensat(int directory, String path, Pointer times, int flags);

        int fcntl(int fd, int command, long argument);

        Pointer shmat(int id, @Nullable Pointer address, int flags);

        int shmdt(Pointer address);

        int socket(int family, int type, int protocol);

        int kill(int pid, int signal);

        Pointer signal(int signal, Pointer handler);

        long ptrace(int request, int pid, long address, long data);

        long process_vm_writev(int pid, Pointer local, long locals, Pointer remote, long remotes, long flags);

        int prlimit(int pid, int resource, @Nullable Pointer limit, @Nullable Pointer old);

        int getpriority(int which, int who);

        int setpriority(int which, int who, int value);

        int sched_getaffinity(int pid, long size, Pointer mask);

        int sched_setaffinity(int pid, long size, Pointer mask);

        int sched_setscheduler(int pid, int policy, Pointer parameters);

        long syscall(long number, long first, long second, long third, long fourth);
    }

    /**
     * The result of a call.
     *
     * @throws RefusedException if it is negative
     */
    static int done(String call, long result) throws RefusedException {
        if (result < 0) {
            throw new RefusedException(call, RUNTIME.getLastError());
        }
        return (int) result;
    }

    static Pointer memory(int bytes) {
        return jnr.ffi.Memory.allocateDirect(RUNTIME, bytes, true);
    }
}
