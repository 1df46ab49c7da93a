package io.coppice.ops.system.daemons;

import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.RingPoll;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.PeerAccess;
import io.coppice.worker.PeerRing;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Counts what {@link Sends} sends. */
public final class Counts implements Daemon {
    public static final String RECORD = "counts";
    private static final RecordLayout.Builder BUILDER = RecordLayout.named(RECORD);
    public static final LongField COUNT = BUILDER.int64("count");
    public static final LongField SUM = BUILDER.int64("sum");

    /** Messages and answers that ought not to have come. */
    public static final LongField WRONG = BUILDER.int64("wrong");

    public static final RecordLayout LAYOUT = BUILDER.build();
    private static final Next SOON = Next.after(Duration.ofMillis(1));

    private @Nullable DaemonContext context;
    private @Nullable Record record;
    private @Nullable PeerRing numbers;

    @Override
    public void start(DaemonContext given) {
        context = given;
        record = given.state().record(RECORD, LAYOUT);
    }

    @Override
    public Next step() {
        Record mine = Objects.requireNonNull(record);
        PeerRing ring = numbers;
        if (ring == null) {
            if (!(Objects.requireNonNull(context).peer("sends").access() instanceof PeerAccess.Available sends)) {
                return SOON;
            }
            ring = sends.ring(Sends.CHANNEL, "numbers-read");
            numbers = ring;
        }
        RingPoll found = ring.poll(this::onMessage, 50);
        boolean lost = found instanceof RingPoll.Overrun || found instanceof RingPoll.TimelineChanged;
        if (lost || (found instanceof RingPoll.Unavailable && mine.get(COUNT) > 0)) {
            System.out.println("wrong: " + found);
            mine.add(WRONG, 1);
        }
        return SOON;
    }

    private void onMessage(byte[] buffer, int offset, int length, long number) {
        Record mine = Objects.requireNonNull(record);
        long sent = ByteBuffer.wrap(buffer, offset, length).getLong();
        if (sent != mine.get(COUNT) + 1 || number != sent) {
            System.out.println("wrong: message " + sent + " as number " + number + " after " + mine.get(COUNT));
            mine.add(WRONG, 1);
        }
        mine.add(COUNT, 1);
        mine.add(SUM, sent);
    }
}
