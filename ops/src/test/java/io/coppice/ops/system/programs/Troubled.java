package io.coppice.ops.system.programs;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/**
 * Gets into trouble as its first argument says, once: if the file that its second argument names is not there, which it makes. Without trouble
 * it waits for its end.
 */
public final class Troubled {
    private static final Object LEFT = new Object();
    private static final Object RIGHT = new Object();
    private static final int POOL = 2;

    private Troubled() {}

    public static void main(String[] args) throws Exception {
        Path once = Path.of(args[1]);
        if (Files.exists(once)) {
            System.out.println("does well");
            if (args.length > 2) {
                serve(Integer.parseInt(args[2]), () -> 200);
            }
            new CountDownLatch(1).await();
        }
        Files.createFile(once);
        switch (args[0]) {
            case "deadlocks" -> {
                awaitAsked(once);
                deadlock();
            }
            case "stands-still" -> {
                awaitAsked(once);
                standStill();
            }
            case "is-blocked" -> {
                awaitAsked(once);
                beBlocked();
            }
            case "throws" -> throw new IllegalStateException("no more");
            case "throws-to-its-own" -> {
                Thread.setDefaultUncaughtExceptionHandler((thread, thrown) ->
                        System.out.println("its own handler got " + thrown.getMessage() + " of " + thread.getName()));
                throw new IllegalStateException("no more");
            }
            case "exits" -> leave();
            case "exits-when-asked" -> {
                awaitAsked(once);
                leave();
            }
            case "reads" -> read();
            case "sickens" -> sicken(Integer.parseInt(args[2]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** So that it is ready before. */
    private static void awaitAsked(Path once) throws InterruptedException {
        while (!Files.exists(once.resolveSibling("asked"))) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private static void deadlock() throws InterruptedException {
        CountDownLatch both = new CountDownLatch(2);
        Thread left = new Thread(() -> lock(LEFT, RIGHT, both), "left-hand");
        Thread right = new Thread(() -> lock(RIGHT, LEFT, both), "right-hand");
        left.start();
        right.start();
        left.join();
        right.join();
    }

    private static void lock(Object first, Object second, CountDownLatch both) {
        synchronized (first) {
            both.countDown();
            try {
                both.await();
            } catch (InterruptedException e) {
                return;
            }
            synchronized (second) {
                System.out.println("no deadlock");
            }
        }
    }

    /** All threads of a pool wait for what never comes, while another pool works. */
    private static void standStill() {
        CountDownLatch never = new CountDownLatch(1);
        ExecutorService pool =
                Executors.newFixedThreadPool(POOL, task -> new Thread(task, "orders-" + task.hashCode()));
        for (int i = 0; i < POOL; i++) {
            pool.submit(() -> {
                never.await();
                return null;
            });
        }
    }

    /** All threads of a pool want a monitor that a thread of no pool never gives back. */
    private static void beBlocked() throws InterruptedException {
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        new Thread(
                        () -> {
                            synchronized (LEFT) {
                                taken.countDown();
                                await(never);
                            }
                        },
                        "owner")
                .start();
        taken.await();
        for (int i = 0; i < POOL; i++) {
            new Thread(
                            () -> {
                                synchronized (LEFT) {
                                    System.out.println("not blocked");
                                }
                            },
                            "orders-" + i)
                    .start();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A server that says from its third answer on that it is not well. */
    private static void sicken(int port) throws IOException {
        AtomicInteger answers = new AtomicInteger();
        serve(port, () -> answers.incrementAndGet() < 3 ? 200 : 503);
    }

    private static void serve(int port, IntSupplier status) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/health", exchange -> {
            exchange.sendResponseHeaders(status.getAsInt(), -1);
            exchange.close();
        });
        server.start();
    }

    private static void leave() {
        System.exit(7);
    }

    private static void read() throws IOException {
        System.out.println("read " + System.in.read());
    }
}
