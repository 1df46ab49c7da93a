package io.coppice.state;

import java.util.SplittableRandom;

/** Numbered messages through a channel or a broadcast, some of them rolled back, and what a receiver may get of them. */
final class RingLitmus {
    private static final int CAPACITY = 4096;

    private RingLitmus() {}

    /** One turn of the writer's loop: a few messages of each, then a commit, or now and then a rollback. */
    static void write(State state, String[] receivers, SplittableRandom random, byte[] message) {
        boolean commits = random.nextInt(6) != 0;
        Channel channel = state.channel("channel", CAPACITY, receivers);
        Broadcast broadcast = state.broadcast("broadcast", CAPACITY);
        for (int i = random.nextInt(6); i >= 0; i--) {
            channel.tryOffer(message, 0, fill(message, channel.messages() + 1, commits));
            broadcast.offer(message, 0, fill(message, broadcast.messages() + 1, commits));
        }
        if (commits) {
            state.commit();
        } else {
            state.rollback();
        }
    }

    /** Reads one ring, and commits its cursor with each poll, or rolls it back and reads again. */
    static Litmus.Reader reader(ReadOnlySegment segment, State own, String ring, SplittableRandom random) {
        RingReader reader = segment.ring(own.cursor(ring, "writer", ring));
        own.commit();
        long[] read = {0};
        boolean channel = ring.equals("channel");
        return () -> {
            long[] next = {read[0]};
            Litmus.Outcome[] found = {Litmus.Outcome.NOTHING_NEW};
            RingPoll poll = reader.poll(
                    (buffer, offset, length, number) -> {
                        Litmus.Outcome outcome = check(buffer, offset, length, number, ++next[0]);
                        if (!found[0].isForbidden()) {
                            found[0] = outcome;
                        }
                    },
                    1 + random.nextInt(20));
            if (poll instanceof RingPoll.Overrun overrun) {
                next[0] += overrun.lostMessages();
                found[0] = channel ? Litmus.Outcome.OUT_OF_SEQUENCE : Litmus.Outcome.OVERRUN;
            } else if (poll instanceof RingPoll.TimelineChanged) {
                found[0] = Litmus.Outcome.OUT_OF_SEQUENCE;
            }
            if (random.nextInt(8) == 0) {
                own.rollback();
            } else {
                own.commit();
                read[0] = next[0];
            }
            return found[0];
        };
    }

    private static int length(long number) {
        return 8 + (int) (number * 31 % 25) * 8;
    }

    private static int fill(byte[] message, long number, boolean commits) {
        int length = length(number);
        for (int at = 0; at < length; at += Long.BYTES) {
            NativeWords.put(message, at, commits ? number : -number);
        }
        return length;
    }

    private static Litmus.Outcome check(byte[] buffer, int offset, int length, long number, long expected) {
        if (number != expected) {
            return Litmus.Outcome.OUT_OF_SEQUENCE;
        }
        if (length != length(number)) {
            return Litmus.Outcome.TORN;
        }
        for (int at = 0; at < length; at += Long.BYTES) {
            long word = NativeWords.get(buffer, offset + at);
            if (word != number) {
                return word == -number ? Litmus.Outcome.UNCOMMITTED : Litmus.Outcome.TORN;
            }
        }
        return Litmus.Outcome.COMMIT;
    }
}
