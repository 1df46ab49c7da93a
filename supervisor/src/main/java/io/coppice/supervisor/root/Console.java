package io.coppice.supervisor.root;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the root says on its standard error. A terminal that is stopped, or a pipe that nobody reads, blocks the thread
 * that writes to it; so a thread of its own writes, from a bounded queue, and lines that find the queue full are counted
 * and dropped. Events are never lost by that: they are in the root segment.
 */
final class Console implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("coppice");

    /** Lines that may wait. A storm of 512 children dying at once is two lines each. */
    private static final int QUEUE_CAPACITY = 2048;

    /** How long a closing root waits for a console that takes no lines. */
    private static final long CLOSE_TIMEOUT_MS = 1000;

    private record Line(boolean warning, String text) {}

    private static final Line END = new Line(false, "");

    private final BlockingQueue<Line> lines = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;

    Console() {
        writer = new Thread(this::write, "console");
        writer.setDaemon(true);
        writer.start();
    }

    /** Any thread; never blocks. */
    void info(String text) {
        offer(new Line(false, text));
    }

    /** Any thread; never blocks. */
    void warn(String text) {
        offer(new Line(true, text));
    }

    private void offer(Line line) {
        if (!lines.offer(line)) {
            dropped.incrementAndGet();
        }
    }

    private void write() {
        try {
            for (Line line = lines.take(); line != END; line = lines.take()) {
                long lost = dropped.getAndSet(0);
                if (lost > 0) {
                    LOG.warn(
                            "{} lines were dropped here because nobody read them; `coppice events` has the events",
                            lost);
                }
                if (line.warning()) {
                    LOG.warn(line.text());
                } else {
                    LOG.info(line.text());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes what waits, for a bounded time. */
    @Override
    public void close() {
        try {
            if (lines.offer(END, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                writer.join(CLOSE_TIMEOUT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
