package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicReference;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WordWaiterTest {
    private static final int PAGE = 4096;
    private static final int PROT_NONE = 0;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED_ANONYMOUS = 0x21;
    private static final int FUTEX_WAKE = 1;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_SET_SECCOMP = 22;
    private static final int SECCOMP_MODE_FILTER = 2;

    private EventFd woken;
    private WordWaiter waiter;
    private Pointer words;

    @BeforeEach
    void open() throws Exception {
        woken = EventFd.create();
        waiter = WordWaiter.start(woken);
        words = Kernel.LIBC.mmap(null, PAGE, PROT_READ_WRITE, MAP_SHARED_ANONYMOUS, -1, 0);
    }

    @AfterEach
    void close() {
        waiter.close();
        woken.close();
    }

    @Test
    void shouldTellThatAWordWasWoken() throws Exception {
        watch(7, 8);
        set(1, 9);
        awaitWoken();
        watch(7, 9);
        set(0, 10);
        awaitWoken();
    }

    @Test
    void shouldTellThatAWordHasAnotherValueAlready() throws Exception {
        words.putInt(0, 1);
        waiter.watch(new long[] {words.address()}, new int[] {2});
        awaitWoken();
    }

    @Test
    void shouldTellThatAWordCannotBeRead() throws Exception {
        Pointer nothing = Kernel.LIBC.mmap(null, PAGE, PROT_NONE, MAP_SHARED_ANONYMOUS, -1, 0);
        waiter.watch(new long[] {nothing.address()}, new int[] {0});
        awaitWoken();
    }

    /** Who writes without end wakes it once. */
    @Test
    void shouldWaitForItsWatcherAfterEachWaking() throws Exception {
        for (int round = 1; round <= 50; round++) {
            watch(round, round);
            for (int i = 1; i <= 100; i++) {
                set(0, -i);
            }
            awaitWoken();
        }
        assertNull(waiter.broken());
    }

    @Test
    void shouldWatchNoMoreThanTheKernelTakes() throws Exception {
        int many = 2 * WordWaiter.MOST_WORDS;
        long[] addresses = new long[many];
        for (int i = 0; i < many; i++) {
            addresses[i] = words.address() + (long) i * Integer.BYTES;
        }
        waiter.watch(addresses, new int[many]);
        set(WordWaiter.MOST_WORDS - 1, 1);
        awaitWoken();
    }

    /** As a container or a service manager does whose filter of system calls is older than the call. */
    @Test
    void shouldGiveUpWhereTheCallIsForbidden() throws Exception {
        AtomicReference<WordWaiter> forbidden = new AtomicReference<>();
        Thread filtered = new Thread(() -> {
            forbid(Syscall.FUTEX_WAITV);
            forbidden.set(WordWaiter.start(woken)); // Its thread has the filter of the one that starts it.
        });
        filtered.start();
        filtered.join();
        awaitWoken();
        String broken = forbidden.get().broken();
        assertTrue(broken != null && broken.contains("(EPERM)"), broken);
    }

    /** Of this thread, and of those that it starts: the call answers EPERM. */
    private static void forbid(long call) {
        long[] program = {
            instruction(0x20, 0, 0, 0), // load the call's number
            instruction(0x15, 0, 1, call), // if it is not this one, skip one
            instruction(0x06, 0, 0, 0x0005_0000 | Errno.EPERM), // answer an error
            instruction(0x06, 0, 0, 0x7fff_0000) // allow
        };
        Pointer code = Kernel.allocate(program.length * Long.BYTES);
        code.put(0, program, 0, program.length);
        Pointer filter = Kernel.allocate(2 * Long.BYTES);
        filter.putShort(0, (short) program.length);
        filter.putLong(Long.BYTES, code.address());
        long prctl = System.getProperty("os.arch").equals("aarch64") ? 167 : 157;
        assertEquals(0, Kernel.SYSCALL_4.syscall(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0));
        assertEquals(0, Kernel.SYSCALL_4.syscall(prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter.address(), 0));
    }

    /** struct sock_filter: u16 code, u8 jt, u8 jf, u32 k. */
    private static long instruction(int code, int jumpIfTrue, int jumpIfFalse, long operand) {
        return operand << 32 | (long) jumpIfFalse << 24 | (long) jumpIfTrue << 16 | code;
    }

    private void watch(int first, int second) {
        words.putInt(0, first);
        words.putInt(Integer.BYTES, second);
        waiter.watch(new long[] {words.address(), words.address() + Integer.BYTES}, new int[] {first, second});
    }

    private void set(int word, int value) {
        words.putInt((long) word * Integer.BYTES, value);
        Kernel.SYSCALL_4.syscall(Syscall.FUTEX, words.address() + (long) word * Integer.BYTES, FUTEX_WAKE, 1, 0);
    }

    private void awaitWoken() throws Exception {
        Watchdog.awaitReadable("a word was woken", woken.fd());
        woken.drain();
    }
}
