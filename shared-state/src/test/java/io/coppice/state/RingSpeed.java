package io.coppice.state;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * A first look at the speed of rings between two JVMs, by hand: {@code writer DIR SECONDS PER_COMMIT}, {@code reader DIR
 * SECONDS} together, or {@code echo DIR SECONDS} and {@code ping DIR ROUNDS}. {@code alone DIR SECONDS} tells the processor
 * time of both ends on one thread, which says something on a busy machine too.
 */
final class RingSpeed {
    private static final int LENGTH = 16 << 20;
    private static final int CAPACITY = 1 << 20;
    private static final int MESSAGE_BYTES = 64;

    private RingSpeed() {}

    public static void main(String[] args) throws IOException, SegmentException, InterruptedException {
        Path directory = Path.of(args[1]);
        long number = Long.parseLong(args[2]);
        switch (args[0]) {
            case "writer" -> write(directory, number, Integer.parseInt(args[3]));
            case "reader" -> read(directory, number);
            case "ping" -> ping(directory, (int) number);
            case "alone" -> alone(directory, number);
            case "echo" -> echo(directory, number);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static OwnedSegment own(Path directory, String name) throws IOException, SegmentException {
        Path file = directory.resolve(name + ".seg");
        if (!Files.exists(file)) {
            TestSegments.create(file, new SegmentSpec("speed", name, SegmentSpec.KIND_DAEMON, LENGTH));
        }
        OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve(name + ".lock"), 1, 1);
        owner.recover();
        return owner;
    }

    private static ReadOnlySegment await(Path directory, String name) throws InterruptedException {
        while (true) {
            try {
                return SegmentFile.openReadOnly(directory.resolve(name + ".seg"));
            } catch (SegmentException e) {
                Thread.sleep(1);
            }
        }
    }

    private static void write(Path directory, long seconds, int perCommit)
            throws IOException, SegmentException, InterruptedException {
        State state = own(directory, "writer").state();
        ReadOnlySegment reader = await(directory, "reader");
        state.receivers(name -> reader);
        Channel channel = state.channel("c", CAPACITY, "reader");
        state.commit();
        byte[] message = new byte[MESSAGE_BYTES];
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        long sent = 0;
        long full = 0;
        while (System.nanoTime() < end) {
            for (int turn = 0; turn < 1000; turn++) {
                int i = 0;
                while (i < perCommit && channel.tryOffer(message, 0, MESSAGE_BYTES)) {
                    i++;
                }
                if (i > 0) {
                    state.commit();
                    sent += i;
                }
                if (i < perCommit) {
                    full++;
                    Thread.onSpinWait();
                }
            }
        }
        System.out.printf("sent %,d in %d s, full %,d%n", sent, seconds, full);
    }

    private static void alone(Path directory, long rounds) throws IOException, SegmentException, InterruptedException {
        State writer = own(directory, "writer").state();
        State reader = own(directory, "reader").state();
        ReadOnlySegment receiver = await(directory, "reader");
        writer.receivers(name -> receiver);
        RingReader ring = await(directory, "writer").ring(reader.cursor("p", "writer", "c"));
        Channel channel = writer.channel("c", CAPACITY, "reader");
        writer.commit();
        reader.commit();
        byte[] message = new byte[MESSAGE_BYTES];
        long[] sum = new long[1];
        MessageHandler handler = (buffer, offset, length, number) -> sum[0] += buffer[offset] + number;
        for (int perCommit : new int[] {64, 64, 64, 1, 1, 1}) {
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            long sending = 0;
            long start = threads.getCurrentThreadCpuTime();
            for (int round = 0; round < rounds; round++) {
                long sent = threads.getCurrentThreadCpuTime();
                for (int commit = 0; commit < 4096 / perCommit; commit++) {
                    for (int i = 0; i < perCommit; i++) {
                        channel.offer(message, 0, MESSAGE_BYTES);
                    }
                    writer.commit();
                }
                sending += threads.getCurrentThreadCpuTime() - sent;
                while (ring.poll(handler, perCommit) instanceof RingPoll.Messages) {
                    reader.commit();
                }
            }
            long all = threads.getCurrentThreadCpuTime() - start;
            System.out.printf(
                    "%d per commit: send %.1f ns, poll %.1f ns per message%n",
                    perCommit, sending / 4096.0 / rounds, (all - sending) / 4096.0 / rounds);
        }
    }

    private static void read(Path directory, long seconds) throws IOException, SegmentException, InterruptedException {
        State state = own(directory, "reader").state();
        ReadOnlySegment writer = await(directory, "writer");
        RingReader reader = writer.ring(state.cursor("p", "writer", "c"));
        state.commit();
        long[] seen = new long[2];
        MessageHandler handler = (buffer, offset, length, number) -> {
            if (number != seen[0] + 1) {
                throw new IllegalStateException(number + " after " + seen[0]);
            }
            seen[0] = number;
            seen[1] += buffer[offset];
        };
        for (int second = 0; second < seconds; second++) {
            long start = System.nanoTime();
            long before = seen[0];
            while (System.nanoTime() - start < 1_000_000_000) {
                for (int turn = 0; turn < 1000; turn++) {
                    if (reader.poll(handler, 1000) instanceof RingPoll.Messages) {
                        state.commit();
                    } else {
                        Thread.onSpinWait();
                    }
                }
            }
            System.out.printf("%.1f M messages/s%n", (seen[0] - before) * 1000.0 / (System.nanoTime() - start));
        }
    }

    private static void ping(Path directory, int rounds) throws IOException, SegmentException, InterruptedException {
        State state = own(directory, "writer").state();
        ReadOnlySegment other = await(directory, "reader");
        state.receivers(name -> other);
        Channel channel = state.channel("c", CAPACITY, "reader");
        RingReader reader = other.ring(state.cursor("p", "reader", "c"));
        state.commit();
        byte[] message = new byte[MESSAGE_BYTES];
        long[] nanos = new long[rounds];
        MessageHandler handler = (buffer, offset, length, number) -> {};
        for (int batch = 0; batch < 4; batch++) {
            for (int i = 0; i < rounds; i++) {
                long start = System.nanoTime();
                channel.offer(message, 0, MESSAGE_BYTES);
                state.commit();
                while (!(reader.poll(handler, 1) instanceof RingPoll.Messages)) {
                    Thread.onSpinWait();
                }
                nanos[i] = System.nanoTime() - start;
            }
            Arrays.sort(nanos);
            System.out.printf(
                    "round trip ns: min %d p50 %d p90 %d p99 %d p99.9 %d%n",
                    nanos[0],
                    nanos[rounds / 2],
                    nanos[(int) (rounds * 0.9)],
                    nanos[(int) (rounds * 0.99)],
                    nanos[(int) (rounds * 0.999)]);
        }
    }

    private static void echo(Path directory, long seconds) throws IOException, SegmentException, InterruptedException {
        State state = own(directory, "reader").state();
        ReadOnlySegment other = await(directory, "writer");
        state.receivers(name -> other);
        Channel channel = state.channel("c", CAPACITY, "writer");
        RingReader reader = other.ring(state.cursor("p", "writer", "c"));
        state.commit();
        MessageHandler handler = (buffer, offset, length, number) -> channel.offer(buffer, offset, length);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < end) {
            for (int turn = 0; turn < 10_000; turn++) {
                if (reader.poll(handler, 100) instanceof RingPoll.Messages) {
                    state.commit();
                } else {
                    Thread.onSpinWait();
                }
            }
        }
    }
}
