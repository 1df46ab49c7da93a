package io.coppice.supervisor.os;

import java.util.Arrays;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Waits until one of many 32-bit words of mapped memory is woken (futex_waitv(2), Linux 5.16), and then wakes the duty cycle. The
 * mapping may be read-only: the kernel only compares.
 *
 * <p>A thread of its own waits, as no descriptor stands for a word. It knows nothing and touches no watched word: after each waking it waits
 * for {@link #watch} to say what next, so that nobody who writes into a word without end makes it run without end. A mapping may be
 * removed at any time; that counts as woken.
 *
 * <p>{@link #watch} and {@link #close} from one thread; neither waits for the other one.
 */
public final class WordWaiter implements AutoCloseable {
    /** Of the kernel's 128 one is ours. */
    public static final int MOST_WORDS = 127;

    /** struct futex_waitv: u64 val, u64 uaddr, u32 flags, u32 reserved. */
    private static final int ENTRY_BYTES = 24;

    private static final int ADDRESS_OFFSET = 8;
    private static final int FLAGS_OFFSET = 16;

    /** FUTEX2_SIZE_U32 of uapi/linux/futex.h: 32 bits, shared between processes. */
    private static final int SHARED = 2;

    /** The same with FUTEX2_PRIVATE. */
    private static final int PRIVATE = 0x82;

    /** FUTEX_WAKE with FUTEX_PRIVATE_FLAG. */
    private static final int WAKE = 0x81;

    private static final int STACK_BYTES = 128 << 10;

    /** What is waited for; the version is the value of the control word that belongs to it. */
    private record Watch(int version, long[] addresses, int[] values) {}

    private final EventFd woken;
    private final Pointer control = Kernel.allocate(Integer.BYTES);
    private final Pointer entries = Kernel.allocate((MOST_WORDS + 1) * ENTRY_BYTES);
    private final Thread thread;
    private volatile Watch next = new Watch(0, new long[0], new int[0]);
    private volatile boolean closed;
    private volatile @Nullable String broken;

    private WordWaiter(EventFd woken) {
        this.woken = woken;
        thread = new Thread(null, this::run, "coppice-words", STACK_BYTES);
        thread.setDaemon(true);
    }

    /**
     * Begins to wait for nothing.
     *
     * @param woken is signalled whenever a watched word was woken, does not hold the value any more that it was watched with, or cannot be
     *     watched
     */
    public static WordWaiter start(EventFd woken) {
        WordWaiter waiter = new WordWaiter(woken);
        waiter.thread.start();
        return waiter;
    }

    /**
     * Waits for these from now on, and for no others. Does not block; allocates.
     *
     * @param addresses of mapped words, multiples of 4; the first {@link #MOST_WORDS} are watched
     * @param values that they had when they were looked at
     */
    public void watch(long[] addresses, int[] values) {
        int count = Math.min(MOST_WORDS, addresses.length);
        Watch watch = new Watch(next.version + 1, Arrays.copyOf(addresses, count), Arrays.copyOf(values, count));
        next = watch;
        wakeThread(watch.version);
    }

    /** Why nothing is waited for any more: the kernel has no such call, or does not let it be made. Null while all is well. */
    public @Nullable String broken() {
        return broken;
    }

    /** The thread ends soon after. */
    @Override
    public void close() {
        closed = true;
        wakeThread(next.version + 1);
    }

    /** Who has not begun to wait finds another value than it expects. */
    private void wakeThread(int version) {
        control.putInt(0, version);
        Kernel.SYSCALL_4.syscall(Syscall.FUTEX, control.address(), WAKE, 1, 0);
    }

    private void run() {
        enter(0, control.address(), PRIVATE);
        int version = -1;
        boolean due = false;
        while (!closed) {
            Watch watch = next;
            if (watch.version != version) {
                version = watch.version;
                due = true;
                for (int i = 0; i < watch.addresses.length; i++) {
                    enter(i + 1, watch.addresses[i], SHARED);
                    entries.putLong((long) (i + 1) * ENTRY_BYTES, Integer.toUnsignedLong(watch.values[i]));
                }
            }
            entries.putLong(0, Integer.toUnsignedLong(version));
            int count = due ? watch.addresses.length + 1 : 1;
            long answer = Kernel.SYSCALL_5.syscall(Syscall.FUTEX_WAITV, entries, count, 0, null, 0);
            int errno = answer < 0 ? Errno.last() : 0;
            if (answer < 0 && !isAnswer(errno, due)) {
                broken = errno == Errno.ENOSYS
                        ? "this kernel has no futex_waitv (Linux 5.16)"
                        : "futex_waitv fails: " + Errno.describe(errno)
                                + "; a filter of system calls that does not know it answers so";
                woken.signal();
                return;
            }
            if (answer == 0 || errno == Errno.EINTR || next.version != version || !due) {
                continue;
            }
            due = false;
            woken.signal();
        }
    }

    /** Whether an error says something of the words; any other comes again at the next call, and with no word to wait for. */
    private static boolean isAnswer(int errno, boolean due) {
        return errno == Errno.EAGAIN || errno == Errno.EINTR || (errno == Errno.EFAULT && due);
    }

    private void enter(int index, long address, int flags) {
        entries.putLong((long) index * ENTRY_BYTES + ADDRESS_OFFSET, address);
        entries.putInt((long) index * ENTRY_BYTES + FLAGS_OFFSET, flags);
    }
}
