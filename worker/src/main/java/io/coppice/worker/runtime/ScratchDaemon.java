package io.coppice.worker.runtime;

import io.coppice.state.BytesField;
import io.coppice.state.Channel;
import io.coppice.state.Counter;
import io.coppice.state.LongField;
import io.coppice.state.LongRecordMap;
import io.coppice.state.PublishedView;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.RecordQueue;
import io.coppice.state.State;
import io.coppice.state.StringLongMap;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.OnException;
import io.coppice.worker.PeerAccess;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The daemon of a {@link ScratchWorker}: a few steps over the structures that daemons use most, one of which throws, and
 * done. Its peer is its own segment.
 */
final class ScratchDaemon implements Daemon {
    private static final RecordLayout.Builder FIELDS = RecordLayout.named("scratch");
    private static final LongField NUMBER = FIELDS.int64("number");
    private static final LongField STEPS = FIELDS.int64("steps");
    private static final BytesField TEXT = FIELDS.bytes("text", 64);
    private static final RecordLayout LAYOUT = FIELDS.build();
    private static final String RECORD = "scratch";
    private static final int STEPS_OF_A_LIFE = 4;

    /** Few: the loop pauses for a millisecond after each. */
    private static final int FAILING_LIVES = 4;

    private static final int KEYS = 16;

    private @Nullable Structures structures;
    private int step;

    private record Structures(
            DaemonContext context,
            Record plain,
            Record published,
            LongRecordMap byNumber,
            StringLongMap byName,
            RecordQueue queue,
            Counter counter,
            Channel channel) {}

    @Override
    public void start(DaemonContext context) {
        State state = context.state();
        structures = new Structures(
                context,
                state.record(RECORD, LAYOUT),
                state.published("shown", LAYOUT),
                state.longRecordMap("byNumber", KEYS, LAYOUT),
                state.stringLongMap("byName", KEYS, 16, KEYS * StringLongMap.poolBytes(16)),
                state.queue("queue", LAYOUT, KEYS),
                state.counters("counters", 2).counter("steps"),
                state.channel("channel", 4096, context.name()));
        structures.plain().set(NUMBER, context.incarnation());
        structures.plain().set(TEXT, String.valueOf(context.previousExit()).substring(0, 12));
    }

    @Override
    public Next step() {
        Structures all = structures;
        if (all == null) {
            throw new IllegalStateException("step() without start()");
        }
        step++;
        long key = all.plain().get(STEPS) % KEYS;
        all.plain().add(STEPS, 1);
        all.published().set(NUMBER, key);
        all.byNumber().put(key).set(NUMBER, key);
        all.byName().add("key " + key, 1);
        all.counter().add(1);
        if (step == STEPS_OF_A_LIFE - 1 && all.context().incarnation() <= FAILING_LIVES) {
            throw new UnsupportedOperationException("scratch");
        }
        if (all.queue().size() == KEYS) {
            all.queue().clear();
        }
        all.queue().add().set(NUMBER, key);
        all.channel().tryOffer(new byte[16]);
        all.context().busy(Duration.ofMillis(1));
        look(all);
        return step < STEPS_OF_A_LIFE ? Next.AGAIN : Next.DONE;
    }

    /** Once a life: a reader is made where a daemon makes one, in its first steps. */
    private void look(Structures all) {
        if (step == 2 && all.context().peer(all.context().name()).access() instanceof PeerAccess.Available peer) {
            PublishedView shown = peer.published("shown", LAYOUT);
            shown.refresh();
            peer.ring("channel", "cursor").poll((buffer, offset, length, number) -> {}, KEYS);
        }
    }

    @Override
    public OnException onException(Exception e) {
        return e instanceof UnsupportedOperationException ? OnException.CONTINUE : OnException.FAIL;
    }

    /** What the next life has to roll back. */
    static void changeWithoutCommit(State state) {
        state.record(RECORD, LAYOUT).add(STEPS, 1);
    }
}
