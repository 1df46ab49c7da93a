package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import jnr.ffi.Pointer;

/**
 * How many filters of system calls (seccomp) a process's first thread runs under, by {@code /proc/PID/status}, see proc_pid_status(5). Filters are inherited, and nobody takes one off: who
 * comes of a process has at least as many as it had then.
 *
 * <p>One thread; {@link #of} blocks for nothing and allocates nothing.
 */
public final class FilterCount {
    /** Where the kernel does not tell. */
    public static final int NOT_TOLD = -1;

    /** Before the lines that we want there is a list of up to 65,536 groups: of who is in more than some 5,000 nothing is told. */
    static final int CAPACITY_BYTES = 64 * 1024;

    private static final byte[] STATUS = {'/', 's', 't', 'a', 't', 'u', 's', 0};
    private static final byte[] STATE = {'S', 't', 'a', 't', 'e', ':', '\t'};

    /** 2 under any filter. */
    private static final byte[] MODE = {'S', 'e', 'c', 'c', 'o', 'm', 'p', ':', '\t'};

    /** Linux 5.9. */
    private static final byte[] FILTERS = {
        'S', 'e', 'c', 'c', 'o', 'm', 'p', '_', 'f', 'i', 'l', 't', 'e', 'r', 's', ':', '\t'
    };

    private static final int MODE_FILTER = 2;

    private final ProcessPath path = new ProcessPath();
    private final Pointer bytes = Kernel.allocate(CAPACITY_BYTES);
    private int length;

    /**
     * Looks once.
     *
     * @param pid 1 or more
     * @return how many; 1 for any number of them where the kernel does not count them (before 5.9); {@link #NOT_TOLD} if there is no such
     *     process, its first thread has ended, it is out of sight (hidepid), or it is in too many groups
     * @throws OsException when no descriptor is left to ask with
     */
    public int of(int pid) throws OsException {
        path.put(path.startWith(pid), STATUS);
        readFile();
        int state = valueOf(STATE);
        if (state < 0 || bytes.getByte(state) == 'Z' || bytes.getByte(state) == 'X') {
            return NOT_TOLD;
        }
        int filters = valueOf(FILTERS);
        if (filters >= 0) {
            return numberAt(filters);
        }
        int mode = valueOf(MODE);
        return mode < 0 ? NOT_TOLD : numberAt(mode) == MODE_FILTER ? 1 : 0;
    }

    /** In one call: the kernel makes such a file as a whole. What does not fit might be cut in a number. */
    private void readFile() throws OsException {
        length = 0;
        int fd = LIBC.open(path.bytes(), Kernel.O_RDONLY | Kernel.O_CLOEXEC, 0);
        if (fd >= 0) {
            long count = LIBC.read(fd, bytes, CAPACITY_BYTES);
            length = count == CAPACITY_BYTES ? 0 : (int) Math.max(0, count);
            Fds.close(fd);
            return;
        }
        int errno = Errno.last();
        if (errno == Errno.EMFILE || errno == Errno.ENFILE || errno == Errno.ENOMEM) {
            throw Fds.exhausted("Cannot open the status of a process", errno);
        }
    }

    /** Where the value of the line with that name begins; -1 if there is no such line. Names of processes are escaped there: none makes up a line. */
    private int valueOf(byte[] name) {
        for (int line = 0; line + name.length < length; line = lineAfter(line)) {
            int matched = 0;
            while (matched < name.length && bytes.getByte(line + matched) == name[matched]) {
                matched++;
            }
            if (matched == name.length) {
                return line + name.length;
            }
        }
        return -1;
    }

    private int lineAfter(int at) {
        int next = at;
        while (next < length && bytes.getByte(next) != '\n') {
            next++;
        }
        return next + 1;
    }

    private int numberAt(int at) {
        int value = 0;
        for (int i = at; i < length && bytes.getByte(i) >= '0' && bytes.getByte(i) <= '9'; i++) {
            value = 10 * value + (bytes.getByte(i) - '0');
        }
        return value;
    }
}
