package io.coppice.ops.torture.job;

import io.coppice.state.LongField;
import io.coppice.state.LongLongMap;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.OnException;
import io.coppice.worker.Transactions;
import io.coppice.worker.future.Future;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Submits {@link TortureTask}s, numbered from 1, as many at once as there is room for, and keeps books of their outcomes in its state. Now and then a
 * step or a callback throws, or it gives up on one; it goes on and makes good for what was rolled back, so the books are right at each
 * commit.
 */
public final class TortureSubmitter implements Daemon {
    public static final String BOOKS = "books";

    /** The numbers of those that have no outcome. */
    public static final String UNDER_WAY = "under-way";

    private static final RecordLayout.Builder BUILDER = RecordLayout.named("torture-books");

    /** The highest number. */
    public static final LongField SUBMITTED = BUILDER.int64("submitted");

    public static final LongField ADOPTED = BUILDER.int64("adopted");
    public static final LongField FAILED = BUILDER.int64("failed");
    public static final LongField DISCARDED = BUILDER.int64("discarded");

    /** Of all results. */
    public static final LongField SUM = BUILDER.int64("sum");

    /** Of what would have been the results of those that have none. */
    public static final LongField SUM_WITHOUT_RESULT = BUILDER.int64("sum-without-result");

    /** Outcomes of what was not under way. */
    public static final LongField TWICE = BUILDER.int64("twice");

    /** Results that were not as expected. */
    public static final LongField WRONG = BUILDER.int64("wrong");

    public static final RecordLayout LAYOUT = BUILDER.build();

    private static final int MOST_UNDER_WAY = 64;
    private static final int DISCARD_EVERY = 20;
    private static final int THROW_EVERY = 30;
    /** Between the last outcome and the next submits: with JVMs starting all the time no standby could be refilled. */
    private static final long REST_NS = 1_000_000_000;

    private static final Next SOON = Next.after(Duration.ofMillis(5));

    private enum End {
        READY,
        FAILED,
        DISCARDED
    }

    private record Outcome(long number, End end, long result) {}

    /** Thrown on purpose. */
    private static final class WhimException extends RuntimeException {
        private static final long serialVersionUID = 1;

        WhimException() {
            super("on purpose", null, false, false);
        }
    }

    /** Futures are spent: what they said since the last commit is to be remembered if that is rolled back. */
    private final List<Outcome> delivered = new ArrayList<>();

    private boolean stepping;
    private long lastNs = System.nanoTime();

    @SuppressWarnings("NullAway.Init") // start() comes before any step.
    private Transactions transactions;

    @SuppressWarnings("NullAway.Init")
    private JobArguments arguments;

    @SuppressWarnings("NullAway.Init")
    private SplittableRandom whims;

    @SuppressWarnings("NullAway.Init")
    private Record books;

    @SuppressWarnings("NullAway.Init")
    private LongLongMap underWay;

    @Override
    public void start(DaemonContext context) {
        arguments = JobArguments.of(context.args());
        whims = new SplittableRandom(Mix.of(arguments.seed(), context.incarnation()));
        books = context.state().record(BOOKS, LAYOUT);
        underWay = context.state().longLongMap(UNDER_WAY, MOST_UNDER_WAY);
        transactions = context.transactions();
        transactions.whenFound(TortureTask.class, found -> follow(TortureTask.number(found.input()), found.future()));
    }

    @Override
    public Next step() {
        delivered.clear();
        stepping = true;
        try {
            if (underWay.size() > 0) {
                lastNs = System.nanoTime();
            } else if (System.nanoTime() - lastNs > REST_NS && !Files.exists(arguments.gate())) {
                submit();
            }
        } finally {
            stepping = false;
        }
        return SOON;
    }

    private void submit() {
        while (transactions.room() > 0) {
            books.add(SUBMITTED, 1);
            long number = books.get(SUBMITTED);
            underWay.put(number, 1);
            Future<byte[]> future = transactions
                    .submit(TortureTask.class, TortureTask.input(arguments.seed(), number))
                    .future();
            follow(number, future);
            if (whims.nextInt(DISCARD_EVERY) == 0) {
                future.discard();
            }
            throwNowAndThen();
        }
    }

    private void throwNowAndThen() {
        if (whims.nextInt(THROW_EVERY) == 0) {
            throw new WhimException();
        }
    }

    private void follow(long number, Future<byte[]> future) {
        future.onAny(ended -> {
            if (!stepping) {
                delivered.clear();
            }
            Outcome outcome = new Outcome(
                    number,
                    ended.isReady() ? End.READY : ended.isFailed() ? End.FAILED : End.DISCARDED,
                    ended.isReady() ? TortureTask.result(ended.value()) : 0);
            if (ended.isFailed()) {
                System.out.println(ended.failure().getMessage());
            }
            delivered.add(outcome);
            enter(outcome);
            throwNowAndThen();
        });
    }

    private void enter(Outcome outcome) {
        if (!underWay.remove(outcome.number())) {
            books.add(TWICE, 1);
        }
        long expected = TortureTask.expected(arguments.seed(), outcome.number());
        switch (outcome.end()) {
            case READY -> {
                books.add(ADOPTED, 1);
                books.add(SUM, outcome.result());
                if (outcome.result() != expected) {
                    books.add(WRONG, 1);
                }
            }
            case FAILED -> withoutResult(FAILED, expected);
            case DISCARDED -> withoutResult(DISCARDED, expected);
        }
    }

    private void withoutResult(LongField count, long expected) {
        books.add(count, 1);
        books.add(SUM_WITHOUT_RESULT, expected);
    }

    /** What the step submitted has never been, but what it was told counts. */
    @Override
    public OnException onException(Exception e) {
        if (!(e instanceof WhimException)) {
            return OnException.RESTART;
        }
        delivered.stream()
                .filter(outcome -> underWay.contains(outcome.number()))
                .forEach(this::enter);
        delivered.clear();
        return OnException.CONTINUE;
    }
}
