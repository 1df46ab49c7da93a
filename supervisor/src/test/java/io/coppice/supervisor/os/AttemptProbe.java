package io.coppice.supervisor.os;

import io.coppice.supervisor.os.RefusedCall.Machine;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;

/**
 * Tries, in C's own calls, all that a worker must not do to others and some that it must be able to do to itself; prints a line for each: its name and
 * the error number, 0 where it succeeded. Arguments: a directory of others, a directory of its own, a file that it may write, the pid of
 * another process, the name of an abstract socket.
 */
final class AttemptProbe {
    private static final int O_TRUNC = 0x200;
    private static final int AT_FDCWD = -100;
    private static final int PTRACE_SEIZE = 0x4206;
    private static final int FS_IOC_SETFLAGS = 0x40086602;
    private static final int TIOCSTI = 0x5412;
    private static final int F_SETLEASE = 1024;
    private static final int F_RDLCK = 0;
    private static final int IPC_CREAT = 0x200;
    private static final int IPC_RMID = 0;
    private static final int SHM_RDONLY = 0x1000;
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SCHED_BATCH = 3;
    private static final int RLIMIT_CORE = 4;

    private static final Calls C = LibraryLoader.create(Calls.class).load("c");
    private static final SixLongs RAW = LibraryLoader.create(SixLongs.class).load("c");

    private final String others;
    private final String own;
    private final String ownFile;
    private final int pid;

    private AttemptProbe(String[] arguments) {
        others = arguments[0];
        own = arguments[1];
        ownFile = arguments[2];
        pid = Integer.parseInt(arguments[3]);
    }

    /** Functions of the C library that the product does not use. */
    public interface Calls {
        int open(String path, int flags, int mode);

        int truncate(String path, long length);

        int ftruncate(int fd, long length);

        int mkdir(String path, int mode);

        int mkfifo(String path, int mode);

        int symlink(String target, String path);

        int link(String from, String to);

        int rename(String from, String to);

        int unlink(String path);

        int rmdir(String path);

        int kill(int pid, int signal);

        int getpid();

        int chmod(String path, int mode);

        int fchmod(int fd, int mode);

        int fchmodat(int directory, String path, int mode, int flags);

        int chown(String path, int uid, int gid);

        int fchown(int fd, int uid, int gid);

        int getuid();

        int getgid();

        int utimensat(int directory, String path, Pointer times, int flags);

        int setxattr(String path, String name, Pointer value, long size, int flags);

        int setpriority(int which, int who, int value);

        int sched_setaffinity(int pid, long size, Pointer mask);

        int sched_setscheduler(int pid, int policy, Pointer parameters);

        int sched_getaffinity(int pid, long size, Pointer mask);

        int prlimit(int pid, int resource, Pointer limit, Pointer old);

        int fcntl(int fd, int command, long argument);

        int ioctl(int fd, long command, Pointer argument);

        int socket(int domain, int type, int protocol);

        int connect(int fd, Pointer address, int length);
    }

    /** Any system call. */
    public interface SixLongs {
        long syscall(long number, long first, long second, long third, long fourth, long fifth, long sixth);
    }

    public static void main(String[] arguments) throws IOException {
        AttemptProbe probe = new AttemptProbe(arguments);
        Errno.last(); // loaded before the first number is asked for
        probe.files();
        probe.ownFiles();
        probe.processes(arguments[4]);
        probe.attributes();
        probe.itself();
        System.out.println("end 0");
    }

    private void files() {
        attempt("open for writing", () -> C.open(others + "/file", Kernel.O_WRONLY, 0));
        attempt("open for reading", () -> C.open(others + "/file", Kernel.O_RDONLY, 0));
        attempt("open what is shared for reading", () -> C.open(others + "/shared", Kernel.O_RDONLY, 0));
        attempt("open what is shared for writing", () -> C.open(others + "/shared", Kernel.O_WRONLY, 0));
        attempt("empty while opening for reading", () -> C.open(others + "/shared", Kernel.O_RDONLY | O_TRUNC, 0));
        int shared = C.open(others + "/shared", Kernel.O_RDONLY, 0);
        attempt("open it again for writing", () -> C.open("/proc/self/fd/" + shared, Kernel.O_WRONLY, 0));
        attempt("truncate by name", () -> C.truncate(others + "/file", 1));
        attempt("list", () -> C.open(others, Kernel.O_RDONLY | Kernel.O_DIRECTORY, 0));
        attempt("create", () -> C.open(others + "/new", Kernel.O_WRONLY | Kernel.O_CREAT, 0600));
        attempt("make a directory", () -> C.mkdir(others + "/directory", 0700));
        attempt("make a pipe", () -> C.mkfifo(others + "/pipe", 0600));
        attempt("make a symbolic link", () -> C.symlink("nowhere", others + "/symbolic"));
        attempt("link", () -> C.link(others + "/file", others + "/linked"));
        attempt("link into its own", () -> C.link(others + "/shared", own + "/stolen"));
        attempt("rename", () -> C.rename(others + "/file", others + "/renamed"));
        attempt("put its own in place", () -> C.rename(own + "/bait", others + "/shared"));
        attempt("unlink", () -> C.unlink(others + "/doomed"));
        attempt("remove a directory", () -> C.rmdir(others + "/empty"));
    }

    private void ownFiles() {
        attempt("own: create", () -> C.open(own + "/made", Kernel.O_RDWR | Kernel.O_CREAT, 0600));
        attempt("own: truncate", () -> C.truncate(own + "/made", 1));
        attempt("own: link", () -> C.link(own + "/made", own + "/link"));
        attempt("own: directory", () -> C.mkdir(own + "/sub", 0700));
        attempt("own: rename to another directory", () -> C.rename(own + "/made", own + "/sub/moved"));
        attempt("own: unlink", () -> C.unlink(own + "/link"));
        int fd = C.open(ownFile, Kernel.O_RDWR, 0);
        attempt("own file: open for writing", () -> fd);
        attempt("own file: truncate by descriptor", () -> C.ftruncate(fd, 1));
        attempt("own file: truncate by name", () -> C.truncate(ownFile, 1));
    }

    private void processes(String abstractSocket) {
        attempt("signal", () -> C.kill(pid, 0));
        long pidFd = RAW.syscall(Syscall.PIDFD_OPEN, pid, 0, 0, 0, 0, 0);
        attempt("signal by descriptor", () -> RAW.syscall(Syscall.PIDFD_SEND_SIGNAL, pidFd, 0, 0, 0, 0, 0));
        attempt("read its memory", () -> C.open("/proc/" + pid + "/mem", Kernel.O_RDONLY, 0));
        attempt("write its memory", () -> C.open("/proc/" + pid + "/mem", Kernel.O_RDWR, 0));
        attempt(
                "reach into its root",
                () -> C.open("/proc/" + pid + "/root" + others + "/attributes", Kernel.O_RDONLY, 0));
        attempt("offer it to the OOM killer", () -> C.open("/proc/" + pid + "/oom_score_adj", Kernel.O_WRONLY, 0));
        attempt("connect to its abstract socket", () -> connect(abstractSocket));
        attempt("setpriority", () -> C.setpriority(0, pid, 19));
        attempt("setpriority of a group", () -> C.setpriority(1, 0, 19));
        attempt("ioprio_set", () -> raw(RefusedCall.IOPRIO_SET, 1, pid, 2 << 13 | 7));
        Pointer mask = Kernel.allocate(128);
        C.sched_getaffinity(0, 128, mask);
        attempt("sched_setaffinity", () -> C.sched_setaffinity(pid, 128, mask));
        attempt("sched_setscheduler", () -> C.sched_setscheduler(pid, SCHED_BATCH, Kernel.allocate(8)));
        Pointer limit = Kernel.allocate(16);
        C.prlimit(0, RLIMIT_CORE, null, limit);
        attempt("prlimit", () -> C.prlimit(pid, RLIMIT_CORE, limit, null));
        attempt("ptrace", () -> raw(RefusedCall.PTRACE, PTRACE_SEIZE, pid, 0));
        attempt("process_vm_writev", () -> raw(RefusedCall.PROCESS_VM_WRITEV, pid, 1, 1));
        attempt("pidfd_getfd", () -> raw(RefusedCall.PIDFD_GETFD, pidFd, 0, 0));
        attempt("kcmp", () -> raw(RefusedCall.KCMP, pid, pid, 1));
        attempt("perf_event_open", () -> raw(RefusedCall.PERF_EVENT_OPEN, 0, pid, -1));
        attempt("io_uring_setup", () -> raw(RefusedCall.IO_URING_SETUP, 1, 0, 0));
        attempt("setns", () -> raw(RefusedCall.SETNS, -1, 0, 0));
        attempt("mount", () -> raw(RefusedCall.MOUNT, 0, 0, 0));
        attempt("clone3", () -> raw(RefusedCall.CLONE3, 0, 0, 0));
        shared();
        attempt("listen to the network", () -> C.socket(AF_PACKET, SOCK_RAW, 0));
        Reference.reachabilityFence(mask);
        Reference.reachabilityFence(limit);
    }

    /** What has a number or a name of the user's. Removed at once where it can be made; of what is not there where the call cannot be harmless else. */
    private static void shared() {
        int made = IPC_CREAT | 0600;
        long[] id = new long[3];
        attempt("shmget", () -> id[0] = raw(RefusedCall.SHMGET, 0, 4096, made));
        attempt("shmat", () -> raw(RefusedCall.SHMAT, id[0], 0, SHM_RDONLY));
        attempt("shmctl", () -> raw(RefusedCall.SHMCTL, id[0], IPC_RMID, 0));
        attempt("semget", () -> id[1] = raw(RefusedCall.SEMGET, 0, 1, made));
        attempt("semop", () -> raw(RefusedCall.SEMOP, id[1], 0, 0));
        attempt("semctl", () -> raw(RefusedCall.SEMCTL, id[1], 0, IPC_RMID));
        attempt("msgget", () -> id[2] = raw(RefusedCall.MSGGET, 0, made, 0));
        attempt("msgctl", () -> raw(RefusedCall.MSGCTL, id[2], IPC_RMID, 0));
        Pointer name = NativeStrings.of("coppice-none");
        attempt("mq_open", () -> raw(RefusedCall.MQ_OPEN, name.address(), Kernel.O_RDONLY, 0));
        attempt("mq_unlink", () -> raw(RefusedCall.MQ_UNLINK, name.address(), 0, 0));
        Reference.reachabilityFence(name);
    }

    private void attributes() {
        String file = others + "/attributes";
        int fd = C.open(file, Kernel.O_RDONLY, 0);
        attempt("chmod", () -> C.chmod(file, 0644));
        attempt("fchmod", () -> C.fchmod(fd, 0644));
        attempt("fchmodat", () -> C.fchmodat(AT_FDCWD, file, 0644, 0));
        attempt("chown", () -> C.chown(file, C.getuid(), C.getgid()));
        attempt("fchown", () -> C.fchown(fd, C.getuid(), C.getgid()));
        attempt("utimensat", () -> C.utimensat(AT_FDCWD, file, null, 0));
        attempt("setxattr", () -> C.setxattr(file, "user.x", Kernel.allocate(1), 1, 0));
        attempt("lease", () -> C.fcntl(fd, F_SETLEASE, F_RDLCK));
        attempt("flags", () -> C.ioctl(fd, FS_IOC_SETFLAGS, Kernel.allocate(8)));
        attempt("type into a terminal", () -> C.ioctl(fd, TIOCSTI, Kernel.allocate(8)));
    }

    private void itself() throws IOException {
        attempt("itself: signal", () -> C.kill(C.getpid(), 0));
        attempt("itself: setpriority", () -> C.setpriority(0, 0, 19));
        Pointer mask = Kernel.allocate(128);
        C.sched_getaffinity(0, 128, mask);
        attempt("itself: sched_setaffinity", () -> C.sched_setaffinity(0, 128, mask));
        attempt("itself: prlimit", () -> C.prlimit(0, RLIMIT_CORE, null, mask));
        Process child = new ProcessBuilder("sleep", "1000").start();
        attempt("itself: signal to its child", () -> C.kill((int) child.pid(), 15));
        child.onExit().join();
        Reference.reachabilityFence(mask);
    }

    private static long raw(RefusedCall call, long first, long second, long third) {
        return RAW.syscall(call.number(Machine.ofThis()), first, second, third, 0, 0, 0);
    }

    private static int connect(String name) {
        int fd = C.socket(UnixListener.AF_UNIX, UnixListener.SOCK_STREAM, 0);
        Pointer address = abstractAddress(name);
        try {
            return C.connect(fd, address, 3 + name.length());
        } finally {
            Reference.reachabilityFence(address);
        }
    }

    /** struct sockaddr_un of an abstract name in ASCII; its length is that of the name and 3. */
    static Pointer abstractAddress(String name) {
        Pointer address = Kernel.allocate(110);
        address.putShort(0, (short) UnixListener.AF_UNIX);
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        address.put(3, bytes, 0, bytes.length);
        return address;
    }

    private static void attempt(String name, LongSupplier call) {
        long result = call.getAsLong();
        System.out.println(name + " " + (result < 0 ? Errno.last() : 0));
    }
}
