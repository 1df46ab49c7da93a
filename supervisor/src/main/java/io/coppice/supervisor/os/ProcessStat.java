package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import jnr.ffi.Pointer;

/** One look at a process by {@code /proc/PID/stat}, see proc_pid_stat(5). One thread; allocates nothing, and blocks for nothing. */
final class ProcessStat {
    /** Fields, counted from 1. */
    static final int GROUP = 5;

    static final int SESSION = 6;
    static final int START_TICKS = 22;

    /** Of the first thread, signals 1 to 31; the kernel marks SIGKILL in each thread of a process that is to die of it. */
    static final int PENDING_SIGNALS = 31;

    /** Of the process as a whole once it is ending; else of its first thread, or the signal that stopped it. */
    static final int EXIT_CODE = 52;

    private static final int STATE = 3;

    /** The first one included also once that has ended. */
    private static final int THREADS = 20;

    /** Longer than any /proc/PID/stat: 52 numbers of up to 20 digits and a name of up to 64 bytes. */
    private static final int CAPACITY_BYTES = 2048;

    private static final byte[] STAT = {'/', 's', 't', 'a', 't', 0};

    private final ProcessPath path = new ProcessPath();
    private final Pointer stat = Kernel.allocate(CAPACITY_BYTES);
    private int length;

    /**
     * Looks; what the other methods say is of this moment.
     *
     * @return false if there is no such process
     * @throws OsException when there is no descriptor left to look with
     */
    boolean read(int pid) throws OsException {
        if (pid <= 0) {
            throw new IllegalArgumentException("pid " + pid + ": expected 1 or more");
        }
        path.put(path.startWith(pid), STAT);
        int fd = LIBC.open(path.bytes(), Kernel.O_RDONLY | Kernel.O_CLOEXEC, 0);
        if (fd < 0) {
            int errno = Errno.last();
            if (errno == Errno.ENOENT || errno == Errno.ESRCH) {
                return false;
            }
            if (errno == Errno.EMFILE || errno == Errno.ENFILE || errno == Errno.ENOMEM) {
                throw Fds.exhausted("Cannot open /proc/" + pid + "/stat", errno);
            }
            throw Kernel.broken("Cannot open /proc/" + pid + "/stat", errno);
        }
        long read = LIBC.read(fd, stat, CAPACITY_BYTES);
        int errno = read < 0 ? Errno.last() : 0;
        Fds.close(fd);
        if (read < 0 && errno != Errno.ESRCH) {
            throw Kernel.broken("Cannot read /proc/" + pid + "/stat", errno);
        }
        length = (int) Math.max(0, read);
        return length > 0;
    }

    /** Of its first thread: a letter of proc_pid_stat(5). */
    byte state() {
        return stat.getByte(fieldStart(STATE));
    }

    /** The kernel shows it as dead then, whatever its other threads do. */
    boolean hasFirstThreadEnded() {
        byte state = state();
        return state == 'Z' || state == 'X';
    }

    /** Whether any thread of it is left. */
    boolean isAlive() {
        return !hasFirstThreadEnded() || number(THREADS) > 1;
    }

    /** Where the n-th field starts, n from 3: the name before it may hold spaces and parentheses of its own. */
    private int fieldStart(int field) {
        int at = length - 1;
        while (at >= 0 && stat.getByte(at) != ')') {
            at--;
        }
        for (int seen = STATE - 1; at >= 0 && at < length; at++) {
            if (stat.getByte(at) == ' ' && ++seen == field) {
                return at + 1;
            }
        }
        throw new IllegalStateException("/proc/PID/stat has no field " + field);
    }

    long number(int field) {
        long value = 0;
        for (int at = fieldStart(field); at < length; at++) {
            byte b = stat.getByte(at);
            if (b < '0' || b > '9') {
                break;
            }
            value = 10 * value + (b - '0');
        }
        return value;
    }
}
