package io.coppice.state;

import java.io.IOException;
import java.nio.file.Path;

/** Sends until it is killed: message n holds n, n times over, and its length is a function of n. */
final class RingKillChild {
    static final int CAPACITY = 64 << 10;

    private RingKillChild() {}

    static int length(long number) {
        return 8 + (int) (number * 31 % 25) * 8;
    }

    public static void main(String[] args) throws IOException, SegmentException {
        try (OwnedSegment owner = SegmentFile.openOwned(
                        Path.of(args[0]),
                        Path.of(args[1]),
                        ProcessHandle.current().pid(),
                        Long.parseLong(args[3]));
                ReadOnlySegment receiver = SegmentFile.openReadOnly(Path.of(args[2]))) {
            owner.recover();
            State state = owner.state();
            state.receivers(name -> receiver);
            Channel channel = state.channel("channel", CAPACITY, "reader");
            Broadcast broadcast = state.broadcast("broadcast", CAPACITY);
            byte[] message = new byte[256];
            for (long turn = 0; ; turn++) {
                boolean changed = false;
                for (long i = turn % 5; i >= 0; i--) {
                    changed |= channel.tryOffer(message, 0, fill(message, channel.messages() + 1));
                    broadcast.offer(message, 0, fill(message, broadcast.messages() + 1));
                }
                if (turn % 7 == 3) {
                    state.rollback();
                } else if (changed || turn % 16 == 0) {
                    state.commit();
                }
            }
        }
    }

    private static int fill(byte[] message, long number) {
        int length = length(number);
        for (int at = 0; at < length; at += Long.BYTES) {
            NativeWords.put(message, at, number);
        }
        return length;
    }
}
