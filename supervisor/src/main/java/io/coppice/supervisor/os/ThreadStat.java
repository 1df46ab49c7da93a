package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import jnr.ffi.Pointer;

/**
 * What the kernel knows of one thread of another process: whether it is stopped, how long it ran, and how long it was ready to run and
 * had to wait for a CPU. Of {@code /proc/PID/task/TID/stat} and {@code schedstat}, see proc_pid_stat(5) and the kernel's sched-stats.rst;
 * a kernel without CONFIG_SCHED_INFO has no times, and tells the state only.
 *
 * <p>One thread; {@link #read} blocks for nothing and allocates nothing.
 */
public final class ThreadStat {
    /** For a time that is not told. */
    public static final long NOT_TOLD = -1;

    /** The state is the third field, after a name of up to 64 bytes. */
    private static final int BYTES = 512;

    private static final byte[] TASK = {'/', 't', 'a', 's', 'k', '/'};
    private static final byte[] STAT = {'/', 's', 't', 'a', 't', 0};
    private static final byte[] SCHEDSTAT = {'/', 's', 'c', 'h', 'e', 'd', 's', 't', 'a', 't', 0};

    private final ProcessPath path = new ProcessPath();
    private final Pointer bytes = Kernel.allocate(BYTES);
    private byte state;
    private long ranNs = NOT_TOLD;
    private long waitedNs = NOT_TOLD;

    /** A view with buffers of its own: half a KiB of native memory. */
    public ThreadStat() {}

    /**
     * Looks once.
     *
     * @param pid 1 or more
     * @param tid as the process itself said, so any number; if it has no such thread, or says none (0), the state is its first thread's, and
     *     there are no times
     * @return false if nothing can be told: there is no such process, or no descriptor left to ask with
     */
    public boolean read(int pid, long tid) {
        state = 0;
        ranNs = NOT_TOLD;
        waitedNs = NOT_TOLD;
        int ofProcess = path.startWith(pid);
        if (tid > 0 && tid <= Integer.MAX_VALUE) {
            int ofThread = path.put(path.put(ofProcess, TASK), tid);
            if (readState(ofThread)) {
                readTimes(ofThread);
                return true;
            }
        }
        return readState(ofProcess);
    }

    /** Whether it was stopped by a signal, or by a debugger. */
    public boolean isStopped() {
        return state == 'T' || state == 't';
    }

    /** Whether it ran, or wanted to. */
    public boolean isRunnable() {
        return state == 'R';
    }

    /** How long it ran so far, {@link #NOT_TOLD} or nanoseconds. */
    public long ranNs() {
        return ranNs;
    }

    /** How long it waited for a CPU so far, {@link #NOT_TOLD} or nanoseconds; a wait is added when it is over. */
    public long waitedNs() {
        return waitedNs;
    }

    private boolean readState(int at) {
        path.put(at, STAT);
        int length = readFile();
        for (int i = length - 3; i > 0; i--) {
            // The name before it may hold any byte.
            if (bytes.getByte(i) == ')') {
                state = bytes.getByte(i + 2);
                return true;
            }
        }
        return false;
    }

    private void readTimes(int at) {
        path.put(at, SCHEDSTAT);
        int length = readFile();
        int space = 0;
        while (space < length && bytes.getByte(space) != ' ') {
            space++;
        }
        if (space > 0 && space < length) {
            ranNs = parse(0, length);
            waitedNs = parse(space + 1, length);
        }
    }

    private long parse(int from, int length) {
        long value = 0;
        for (int i = from; i < length; i++) {
            byte b = bytes.getByte(i);
            if (b < '0' || b > '9') {
                break;
            }
            value = 10 * value + (b - '0');
        }
        return value;
    }

    /** How many bytes there were, 0 if it cannot be read. */
    private int readFile() {
        int fd = LIBC.open(path.bytes(), Kernel.O_RDONLY | Kernel.O_CLOEXEC, 0);
        if (fd < 0) {
            return 0;
        }
        long read = LIBC.read(fd, bytes, BYTES);
        Fds.close(fd);
        return (int) Math.max(0, read);
    }
}
