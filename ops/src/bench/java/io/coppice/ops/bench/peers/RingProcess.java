package io.coppice.ops.bench.peers;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The main class of either process of a ring's figures. The second one answers; the first one measures nothing but round trips: the
 * throughput is measured where messages arrive. Figures go to standard output as {@code name number} lines.
 */
public final class RingProcess {
    /** What the pair does. */
    enum Exercise {
        /** The first sends as fast as it can. */
        THROUGHPUT,
        /** The first sends one and waits for it to come back. */
        ROUND_TRIP
    }

    private static final VarHandle NUMBER = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final int POLL_LIMIT = 256;

    private final RingEnd end;
    private final long warm;
    private final long measured;
    private final int burst;
    private final byte[] message = new byte[RingEnd.MESSAGE_BYTES];
    private long received;
    private long lastNumber;

    private RingProcess(RingEnd end, long warm, long measured, int burst) {
        this.end = end;
        this.warm = warm;
        this.measured = measured;
        this.burst = burst;
    }

    /** Arguments: product, exercise, "first" or "second", directory, messages to warm up, messages measured, messages per flush. */
    public static void main(String[] args) throws Exception {
        boolean first = args[2].equals("first");
        try (RingEnd end = RingProduct.valueOf(args[0]).open(Path.of(args[3]), first)) {
            RingProcess process =
                    new RingProcess(end, Long.parseLong(args[4]), Long.parseLong(args[5]), Integer.parseInt(args[6]));
            switch (Exercise.valueOf(args[1])) {
                case THROUGHPUT -> {
                    if (first) {
                        process.send();
                    } else {
                        process.receive();
                    }
                }
                case ROUND_TRIP -> {
                    if (first) {
                        process.ask();
                    } else {
                        process.answer();
                    }
                }
            }
        }
    }

    private void send() {
        long all = warm + measured;
        for (long number = 1; number <= all; number++) {
            offer(number);
            if (number % burst == 0 || number == all) {
                end.flush();
            }
        }
        // Stays until everything has arrived, since some rings end with their writer.
        await();
    }

    private void receive() {
        poll(warm);
        long beganNs = System.nanoTime();
        long before = received;
        poll(warm + measured);
        double seconds = (System.nanoTime() - beganNs) / 1e9;
        System.out.println("messagesPerSecond " + (received - before) / seconds);
        offer(1);
        end.flush();
    }

    private void ask() {
        long[] times = new long[(int) measured];
        for (long i = -warm; i < measured; i++) {
            long beganNs = System.nanoTime();
            offer(i + warm + 1);
            end.flush();
            await();
            if (i >= 0) {
                times[(int) i] = System.nanoTime() - beganNs;
            }
        }
        Arrays.sort(times);
        System.out.println("p50Ns " + times[times.length / 2]);
        System.out.println("p99Ns " + times[(int) (times.length * 99L / 100)]);
    }

    private void answer() {
        for (long i = 1; i <= warm + measured; i++) {
            await();
            offer(i);
            end.flush();
        }
    }

    private void offer(long number) {
        NUMBER.set(message, 0, number);
        while (!end.trySend(message)) {
            end.flush();
            Thread.onSpinWait();
        }
    }

    /** Waits for one message. */
    private void await() {
        while (end.poll(this::onMessage, 1) == 0) {
            Thread.onSpinWait();
        }
    }

    private void poll(long upTo) {
        while (received < upTo) {
            if (end.poll(this::onMessage, POLL_LIMIT) == 0) {
                Thread.onSpinWait();
            } else {
                end.flush();
            }
        }
    }

    private void onMessage(long number) {
        if (number != lastNumber + 1) {
            throw new IllegalStateException("message " + number + " after " + lastNumber);
        }
        lastNumber = number;
        received++;
    }
}
