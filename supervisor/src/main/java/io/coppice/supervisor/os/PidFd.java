package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import io.coppice.supervisor.core.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A process, not a number that may by now be another's: the descriptor stays with the process it was opened for. Its
 * descriptor is readable once the process is dead. One thread; nothing allocates until there is a death to tell.
 *
 * <p>For a child of ours the number cannot be reused before {@link #tryReap} has taken its status, so open it before. For
 * any other process compare {@link ProcessTable#startTicks} after opening.
 */
public final class PidFd implements AutoCloseable {
    private static final int P_PIDFD = 3;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;

    /** siginfo_t of 64-bit Linux as waitid fills it: 128 bytes; code at 8, pid at 16, status at 24. */
    private static final int SIGINFO_BYTES = 128;

    private static final int SI_CODE_OFFSET = 8;
    private static final int SI_PID_OFFSET = 16;
    private static final int SI_STATUS_OFFSET = 24;
    private static final int CLD_EXITED = 1;
    private static final int CLD_KILLED = 2;
    private static final int CLD_DUMPED = 3;

    /**
     * PIDFD_GET_INFO of uapi/linux/pidfd.h, Linux 6.13: _IOWR(0xff, 11, 64 bytes). The exit status, Linux 6.15, is there once
     * the parent has taken it.
     */
    private static final long GET_INFO = 0xc040ff0bL;

    private static final int INFO_BYTES = 64;
    private static final int INFO_EXIT_CODE_OFFSET = 60;
    private static final long INFO_EXIT = 8;

    private final int fd;
    private final int pid;
    private final Pointer info = Kernel.allocate(SIGINFO_BYTES);
    private final Pointer pollFd = Kernel.allocate(Long.BYTES);
    private @Nullable ExitStatus status;

    private PidFd(int fd, int pid) {
        this.fd = fd;
        this.pid = pid;
        pollFd.putInt(0, fd);
        pollFd.putShort(Integer.BYTES, (short) Kernel.POLLIN);
    }

    /**
     * Opens the process that has this number now; a dead child that has not been reaped counts.
     *
     * @throws OsException ESRCH when there is none; EMFILE or ENFILE when there is no descriptor left
     */
    public static PidFd open(int pid) throws OsException {
        if (pid <= 0) {
            throw new IllegalArgumentException("pid " + pid + ": expected 1 or more");
        }
        int fd = (int) Kernel.SYSCALL_2.syscall(Syscall.PIDFD_OPEN, pid, 0); // close-on-exec by itself
        if (fd < 0) {
            throw Fds.exhausted("pidfd_open of process " + pid, Errno.last());
        }
        return new PidFd(fd, pid);
    }

    /** A pidfd as the kernel has just made it. */
    static PidFd of(int fd, int pid) {
        return new PidFd(fd, pid);
    }

    /**
     * A pidfd that was opened by somebody else.
     *
     * @param pid that its process has or had
     * @return null if it is none, or its process is alive under another number; it stays the caller's then
     */
    public static @Nullable PidFd stored(int fd, int pid) {
        PidFd found = new PidFd(fd, pid);
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd))) {
                // -1 once it has been reaped.
                if (line.startsWith("Pid:")) {
                    String shown = line.substring("Pid:".length()).strip();
                    return shown.equals("-1") || shown.equals(String.valueOf(pid)) ? found : null;
                }
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Whether the process is dead. Does not reap it. */
    public boolean isDead() {
        return LIBC.poll(pollFd, 1, 0) == 1;
    }

    /** The descriptor to watch for reading: readable when the process is dead. */
    public int fd() {
        return fd;
    }

    /** The number that the process had when opened. */
    public int pid() {
        return pid;
    }

    /**
     * What tells this process from every other of this boot, also from one that has its pid later and the same start time: from Linux
     * 6.9 on each has an inode of its own in the file system of the pidfds. Allocates.
     *
     * @return 0 where the kernel has no such number, or /proc does not show it
     */
    public long inode() {
        long inode = inodeOf(fd);
        return inode == OfNoProcess.INODE ? 0 : inode;
    }

    /** All descriptors without a file share one inode; before 6.9 pidfds are among them. */
    private static final class OfNoProcess {
        static final long INODE = find();

        private static long find() {
            try (EventFd any = EventFd.create()) {
                return inodeOf(any.fd());
            } catch (OsException e) {
                return 0; // No descriptor is left: pidfds are told apart by it once there is.
            }
        }
    }

    /** As the kernel shows it since 5.14; 0 where it does not. */
    private static long inodeOf(int fd) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd))) {
                if (line.startsWith("ino:")) {
                    return Long.parseUnsignedLong(
                            line.substring("ino:".length()).strip());
                }
            }
            return 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    /**
     * Sends a signal to this very process.
     *
     * @param signo 1 to 64, or 0 to ask whether it could be sent
     * @return 0, or the error number: ESRCH (3) when it has been reaped, EPERM (1) when it is not ours to signal
     */
    public int signal(int signo) {
        return Kernel.SYSCALL_4.syscall(Syscall.PIDFD_SEND_SIGNAL, fd, signo, 0, 0) == 0 ? 0 : Errno.last();
    }

    /**
     * How the process ended, taking the status from the kernel: a child of ours leaves the process table. Does not
     * block; asked again after a death it gives the same answer.
     *
     * @return null while it lives, and for as long as it is dead, not our child, and not reaped by its parent, if the kernel
     *     will tell then (Linux 6.15); {@link ExitStatus.Unknown} when the kernel does not tell
     */
    public @Nullable ExitStatus tryReap() {
        if (status == null) {
            status = reap();
        }
        return status;
    }

    @Override
    public void close() {
        Fds.close(fd);
    }

    private @Nullable ExitStatus reap() {
        info.putInt(SI_PID_OFFSET, 0); // waitid leaves it so when there is nothing to tell
        if (LIBC.waitid(P_PIDFD, fd, info, WEXITED | WNOHANG) != 0) {
            int errno = Errno.last();
            if (errno == Errno.EINTR) {
                return null;
            }
            if (errno != Errno.ECHILD) {
                throw Kernel.broken("waitid of process " + pid, errno);
            }
            return isDead() ? statusOfAnothersChild() : null;
        }
        if (info.getInt(SI_PID_OFFSET) == 0) {
            return null;
        }
        return statusOf(info.getInt(SI_CODE_OFFSET), info.getInt(SI_STATUS_OFFSET));
    }

    /** Of a process that is dead. */
    private @Nullable ExitStatus statusOfAnothersChild() {
        Pointer found = Kernel.allocate(INFO_BYTES);
        found.putLong(0, INFO_EXIT);
        if (Kernel.SYSCALL_3.syscall(Syscall.IOCTL, fd, GET_INFO, found) != 0) {
            return new ExitStatus.Unknown(); // not known to this kernel, or reaped, and it keeps no status
        }
        if ((found.getLong(0) & INFO_EXIT) == 0) {
            return null;
        }
        return ExitStatus.ofWait(found.getInt(INFO_EXIT_CODE_OFFSET));
    }

    private ExitStatus statusOf(int code, int value) {
        return switch (code) {
            case CLD_EXITED -> new ExitStatus.Exited(value);
            case CLD_KILLED, CLD_DUMPED -> new ExitStatus.Signaled(value, code == CLD_DUMPED);
            default ->
                throw new IllegalStateException("waitid of process " + pid + " told of code " + code
                        + ", expected CLD_EXITED, CLD_KILLED or CLD_DUMPED");
        };
    }
}
