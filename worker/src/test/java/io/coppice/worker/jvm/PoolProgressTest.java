package io.coppice.worker.jvm;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PoolProgressTest {
    private static final List<StackTraceElement> IN_A_TASK =
            frames("jdk.internal.misc.Unsafe.park", "java.util.concurrent.CountDownLatch.await", "shop.Orders.answer");
    private static final List<StackTraceElement> FOR_A_TASK = frames(
            "jdk.internal.misc.Unsafe.park",
            "java.util.concurrent.locks.LockSupport.park",
            "java.util.concurrent.LinkedBlockingQueue.take",
            "java.util.concurrent.ThreadPoolExecutor.getTask",
            "java.util.concurrent.ThreadPoolExecutor.runWorker");

    private final PoolProgress pool = new PoolProgress("orders-*");

    private static List<StackTraceElement> frames(String... places) {
        return Arrays.stream(places)
                .map(place -> new StackTraceElement(
                        place.substring(0, place.lastIndexOf('.')),
                        place.substring(place.lastIndexOf('.') + 1),
                        "Source.java",
                        7))
                .toList();
    }

    private static ThreadLook thread(long id, long cpuNs, long waits, List<StackTraceElement> frames) {
        return new ThreadLook(id, "orders-" + id, Thread.State.WAITING, cpuNs, waits, frames);
    }

    private @Nullable String look(ThreadLook... threads) {
        return pool.look(List.of(threads));
    }

    @Test
    void shouldBeStillOnceAllThreadsHaveBeenSeenTwiceAtOnePlaceInATask() {
        assertNull(
                look(thread(1, 5, 1, IN_A_TASK), thread(2, 6, 1, IN_A_TASK)),
                "the first look has nothing to compare with");

        String still = look(thread(1, 5, 1, IN_A_TASK), thread(2, 6, 1, IN_A_TASK));

        assertNotNull(still);
        assertTrue(
                still.startsWith("pool `orders-*` stands still: all of its 2 threads, such as \"orders-1\" (WAITING)"),
                still);
        assertTrue(still.contains("\n  at shop.Orders.answer(Source.java:7)"), still);
    }

    @Test
    void shouldDoWellIfOneThreadUsedTheCpu() {
        look(thread(1, 5, 1, IN_A_TASK), thread(2, 6, 1, IN_A_TASK));

        assertNull(look(thread(1, 5, 1, IN_A_TASK), thread(2, 7, 1, IN_A_TASK)));
    }

    @Test
    void shouldDoWellIfOneThreadBeganToWaitAnew() {
        look(thread(1, 5, 1, IN_A_TASK));

        assertNull(look(thread(1, 5, 2, IN_A_TASK)));
        assertNotNull(look(thread(1, 5, 2, IN_A_TASK)));
    }

    @Test
    void shouldDoWellIfOneThreadIsElsewhere() {
        look(thread(1, 5, 1, IN_A_TASK));

        assertNull(look(thread(1, 5, 1, frames("java.io.FileInputStream.read", "shop.Orders.answer"))));
    }

    @Test
    void shouldDoWellIfOneThreadWaitsForWorkHoweverLong() {
        for (int i = 0; i < 5; i++) {
            assertNull(look(thread(1, 5, 1, IN_A_TASK), thread(2, 6, 1, FOR_A_TASK)));
        }
    }

    @Test
    void shouldDoWellIfOneThreadIsNewOrThereAreNone() {
        look(thread(1, 5, 1, IN_A_TASK));

        assertNull(look(thread(1, 5, 1, IN_A_TASK), thread(2, 6, 1, IN_A_TASK)));
        assertNull(look());
        assertNull(look(thread(1, 5, 1, IN_A_TASK)), "it went and came back");
    }

    /** On JDK 17 the first of those who wait for a monitor wakes once a second to look whether it is free. */
    @Test
    void shouldBeStillIfABlockedThreadUsesTheCpuToLookAgain() {
        look(blocked(1, 5, 1), blocked(2, 6, 1));

        assertNotNull(look(blocked(1, 7, 1), blocked(2, 6, 1)));
        assertNull(look(blocked(1, 9, 2), blocked(2, 6, 1)), "it got the monitor, and waits for it once more");
    }

    private static ThreadLook blocked(long id, long cpuNs, long waits) {
        return new ThreadLook(id, "orders-" + id, Thread.State.BLOCKED, cpuNs, waits, frames("shop.Orders.answer"));
    }

    @Test
    void shouldGoByPlacesWhereTheJvmTellsNoCpuTime() {
        look(thread(1, -1, 1, IN_A_TASK));

        assertNotNull(look(thread(1, -1, 1, IN_A_TASK)));
    }

    @Test
    void shouldKnowWhereRealThreadsWaitForWork() throws Exception {
        try (java.net.ServerSocket server = new java.net.ServerSocket(0);
                java.nio.channels.Selector selector = java.nio.channels.Selector.open()) {
            var executor = java.util.concurrent.Executors.newScheduledThreadPool(1);
            executor.submit(() -> {}).get();
            var fork = new java.util.concurrent.ForkJoinPool(1);
            fork.submit(() -> {}).get();
            List<Thread> threads = new ArrayList<>();
            threads.add(new Thread(() -> quietly(server::accept), "idle-accept"));
            threads.add(new Thread(() -> quietly(selector::select), "idle-select"));
            threads.add(new Thread(() -> quietly(new java.util.concurrent.SynchronousQueue<>()::take), "idle-take"));
            threads.forEach(thread -> thread.setDaemon(true));
            threads.forEach(Thread::start);
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().startsWith("ForkJoinPool-")
                        || thread.getName().startsWith("pool-")) {
                    threads.add(thread);
                }
            }
            assertTrue(threads.size() >= 5, threads.toString());
            for (Thread thread : threads) {
                long endNs = System.nanoTime() + 60_000_000_000L;
                while (!Idleness.isIdle(List.of(thread.getStackTrace()))) {
                    assertTrue(System.nanoTime() < endNs, thread + " is at " + Arrays.toString(thread.getStackTrace()));
                    Thread.onSpinWait();
                }
            }
            executor.shutdownNow();
            fork.shutdownNow();
        }
        assertFalse(Idleness.isIdle(List.of(Thread.currentThread().getStackTrace())));
    }

    private interface Waiting {
        Object forWork() throws Exception;
    }

    /** Until it is closed, or the test's JVM ends. */
    private static void quietly(Waiting waiting) {
        try {
            waiting.forWork();
        } catch (Exception e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldMatchNamesByGlobs() {
        assertTrue(PoolSign.pattern("http-*").matcher("http-nio-8080-exec-1").matches());
        assertTrue(PoolSign.pattern("a.b?").matcher("a.b1").matches());
        assertFalse(PoolSign.pattern("a.b?").matcher("aXb1").matches());
        assertFalse(PoolSign.pattern("http-*").matcher("my-http-1").matches());
    }
}
