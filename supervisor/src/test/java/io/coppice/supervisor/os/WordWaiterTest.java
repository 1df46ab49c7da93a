package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertNull;

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
