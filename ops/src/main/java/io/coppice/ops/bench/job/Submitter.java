package io.coppice.ops.bench.job;

import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.Transactions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The daemon that has transactions to be measured: whenever there is a new order it submits so many empty tasks at once, and leaves in its
 * state how long it took, by its own clock, until it had all results. Its one argument: the file of orders, {@code NUMBER TASKS}, which
 * is replaced as a whole and whose number grows.
 */
public final class Submitter implements Daemon {
    /** Name of the record in its state. */
    public static final String RECORD = "orders";

    private static final RecordLayout.Builder BUILDER = RecordLayout.named("orders");

    /** Number of the last order that was carried out. */
    public static final LongField DONE = BUILDER.int64("done");

    /** From just before the first submit of that until the last outcome, in nanoseconds. */
    public static final LongField TOOK_NS = BUILDER.int64("took-ns");

    /** Tasks of all orders that have no result. */
    public static final LongField FAILED = BUILDER.int64("failed");

    public static final RecordLayout LAYOUT = BUILDER.build();

    private static final Next LATER = Next.after(Duration.ofMillis(10));

    @SuppressWarnings("NullAway.Init") // start() comes before any step.
    private DaemonContext context;

    @SuppressWarnings("NullAway.Init")
    private Transactions transactions;

    @SuppressWarnings("NullAway.Init")
    private Record record;

    @SuppressWarnings("NullAway.Init")
    private Path file;

    private long order;
    private long beganNs;
    private int underWay;

    @Override
    public void start(DaemonContext given) {
        context = given;
        transactions = given.transactions();
        record = given.state().record(RECORD, LAYOUT);
        file = Path.of(given.args().get(0));
    }

    @Override
    public Next step() throws IOException {
        if (underWay == 0 && Files.exists(file)) {
            String[] words = Files.readString(file).strip().split(" ", -1);
            long number = Long.parseLong(words[0]);
            if (number > record.get(DONE)) {
                order = number;
                submit(Integer.parseInt(words[1]));
            }
        }
        return LATER;
    }

    private void submit(int tasks) {
        underWay = tasks;
        beganNs = System.nanoTime();
        for (int i = 0; i < tasks; i++) {
            transactions
                    .submitWhenRoom(EmptyTask.class, EmptyTask.input())
                    .onReady(result -> ended())
                    .onFailed(failure -> {
                        record.add(FAILED, 1);
                        ended();
                    });
        }
        context.commit();
    }

    private void ended() {
        if (--underWay == 0) {
            record.set(TOOK_NS, System.nanoTime() - beganNs);
            record.set(DONE, order);
        }
    }
}
