package io.coppice.supervisor.os;

import io.coppice.supervisor.os.RefusedCall.Machine;
import java.lang.ref.Reference;
import java.nio.file.Path;
import jnr.ffi.LibraryLoader;
import jnr.ffi.annotations.Out;

/** Tries to leave its process group, to give itself leave to, to make what descriptors are passed by, and to open a file of its own, its argument, to others; prints a line for each: its name and the error number. */
final class LeavingProbe {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int AT_FDCWD = -100;
    /** Of a user or group: leaves it. */
    private static final int SAME = -1;

    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final Calls C = LibraryLoader.create(Calls.class).load("c");

    private LeavingProbe() {}

    /** Functions of the C library that the product does not use. */
    public interface Calls {
        int setpgid(int pid, int group);

        int setsid();

        int socket(int family, int type, int protocol);

        int socketpair(int family, int type, int protocol, @Out int[] two);

        int open(String path, int flags, int mode);

        int chmod(String path, int mode);

        int fchmod(int fd, int mode);

        int fchmodat(int directory, String path, int mode, int flags);

        int chown(String path, int uid, int gid);

        int fchown(int fd, int uid, int gid);

        int prctl(int option, long first, long second, long third, long fourth);
    }

    public static void main(String[] arguments) {
        Errno.last(); // loaded before the first number is asked for
        C.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        boolean leaves = told("setpgid", C.setpgid(0, 0));
        if (leaves) {
            // Who leads a group makes no session, so back into the one of whoever started it.
            C.setpgid(0, (int) ProcessHandle.current().parent().orElseThrow().pid());
        }
        told("setsid", C.setsid() < 0 ? -1 : 0);
        BpfProgram harmless = new BpfProgram();
        harmless.startFor(Machine.ofThis());
        harmless.allow();
        LoadedFilter filter = new LoadedFilter(harmless.instructions());
        told("listener", seccomp(GroupFilter.NEW_LISTENER, filter) < 0 ? -1 : 0);
        told("filter", seccomp(0, filter));
        told("socket", C.socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? -1 : 0);
        told("datagrams", C.socketpair(AF_UNIX, SOCK_DGRAM, 0, new int[2]));
        told("pair", C.socketpair(AF_UNIX, SOCK_STREAM, 0, new int[2]));
        Reference.reachabilityFence(filter);
        open(arguments[0]);
    }

    private static void open(String file) {
        told("chmod", C.chmod(file, 0666));
        int fd = C.open(file, Kernel.O_RDWR, 0);
        told("fchmod", C.fchmod(fd, 0666));
        told("fchmodat", C.fchmodat(AT_FDCWD, file, 0666, 0));
        told("chown", C.chown(file, SAME, SAME));
        told("fchown", C.fchown(fd, SAME, SAME));
        try {
            AccessList.letRead(Path.of(file), 1);
            told("list", 0);
        } catch (OsException e) {
            System.out.println("list " + e.errno());
        }
    }

    private static long seccomp(int flags, LoadedFilter filter) {
        return Kernel.SYSCALL_4.syscall(Syscall.SECCOMP, SeccompFilter.SET_MODE_FILTER, flags, filter.address(), 0);
    }

    private static boolean told(String name, long result) {
        System.out.println(name + " " + (result == 0 ? 0 : Errno.last()));
        return result == 0;
    }
}
