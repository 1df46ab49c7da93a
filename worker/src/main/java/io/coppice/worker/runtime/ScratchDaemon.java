package io.coppice.worker.runtime;

import io.coppice.state.AppendLog;
import io.coppice.state.Broadcast;
import io.coppice.state.BytesField;
import io.coppice.state.Channel;
import io.coppice.state.Counter;
import io.coppice.state.LongField;
import io.coppice.state.LongLongMap;
import io.coppice.state.LongRecordMap;
import io.coppice.state.PublishedView;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.RecordPool;
import io.coppice.state.RecordQueue;
import io.coppice.state.RecordTable;
import io.coppice.state.State;
import io.coppice.state.StringLongMap;
import io.coppice.state.StringRecordMap;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.OnException;
import io.coppice.worker.PeerAccess;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The daemon of a {@link ScratchWorker}: a few steps over structures of every type, one of which throws, and done. Its peer is
 * its own segment.
 *
 * <p>Of every type, since the first structure of a type that a process makes or attaches has its code linked, and on JDK 25 a single
 * one that was left out took longer than all the rest of a take-over: 2 ms.
 */
final class ScratchDaemon implements Daemon {
    private static final RecordLayout.Builder FIELDS = RecordLayout.named("scratch");
    private static final LongField NUMBER = FIELDS.int64("number");
    private static final LongField STEPS = FIELDS.int64("steps");
    private static final BytesField TEXT = FIELDS.bytes("text", 64);
    private static final RecordLayout LAYOUT = FIELDS.build();
    private static final RecordLayout.Builder ONE = RecordLayout.named("one");
    private static final LongField ONLY = ONE.int64("only");
    private static final RecordLayout ONE_FIELD = ONE.build();
    private static final RecordLayout.Builder TWO = RecordLayout.named("two");
    private static final LongField NEXT = TWO.int64("next");

    @SuppressWarnings("unused") // Compiled code must not bet on how many fields there are.
    private static final LongField REST = TWO.int64("rest");

    private static final RecordLayout TWO_FIELDS = TWO.build();
    private static final byte[] MESSAGE = new byte[16];
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
            Channel channel,
            RecordTable table,
            RecordPool pool,
            LongLongMap numbers,
            StringRecordMap records,
            AppendLog log,
            Broadcast broadcast) {}

    @Override
    public void start(DaemonContext context) {
        buildLayout();
        State state = context.state();
        structures = new Structures(
                context,
                state.record(RECORD, LAYOUT),
                state.published("shown", LAYOUT),
                state.longRecordMap("byNumber", KEYS, LAYOUT),
                state.stringLongMap("byName", KEYS, 16, KEYS * StringLongMap.poolBytes(16)),
                state.queue("queue", TWO_FIELDS, KEYS),
                state.counters("counters", 2).counter("steps"),
                state.channel("channel", 4096, context.name()),
                state.table("table", LAYOUT, KEYS),
                state.pool("pool", ONE_FIELD, 1),
                state.longLongMap("numbers", KEYS),
                state.stringRecordMap("records", KEYS, 16, KEYS * StringLongMap.poolBytes(16), LAYOUT),
                state.appendLog("log", KEYS, KEYS * AppendLog.entryBytes(MESSAGE.length)),
                state.broadcast("broadcast", 4096));
        structures.plain().set(NUMBER, context.incarnation());
        structures.plain().set(TEXT, String.valueOf(context.previousExit()).substring(0, 12));
    }

    /** Once a life, as a daemon's class does when it is initialised. */
    private static void buildLayout() {
        RecordLayout.Builder fields = RecordLayout.named("built");
        fields.int64("number");
        fields.float64("double");
        fields.bytes("text", 64);
        fields.build();
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
        all.queue().add().set(NEXT, key);
        all.channel().tryOffer(MESSAGE);
        all.context().busy(Duration.ofMillis(1));
        look(all);
        return step < STEPS_OF_A_LIFE ? Next.AGAIN : Next.DONE;
    }

    private static void others(Structures all) {
        long key = all.context().incarnation() % KEYS;
        all.table().at((int) key).set(NUMBER, key);
        long handle = all.pool().acquire();
        all.pool().get(handle).set(ONLY, key);
        all.pool().release(handle);
        all.numbers().put(key, key);
        all.records().put("key " + key).set(NUMBER, key);
        if (all.log().size() == KEYS) {
            all.log().truncateBefore(all.log().nextSequence());
        }
        all.log().append(MESSAGE, 0, MESSAGE.length);
        all.broadcast().offer(MESSAGE);
    }

    /** Once a life: what is not in every step; and a reader is made where a daemon makes one, in its first steps. */
    private void look(Structures all) {
        if (step == 1) {
            others(all);
        }
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
