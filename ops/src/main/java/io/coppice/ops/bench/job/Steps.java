package io.coppice.ops.bench.job;

import io.coppice.state.BytesField;
import io.coppice.state.LongField;
import io.coppice.state.RecordLayout;
import io.coppice.state.RecordTable;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.time.Duration;

/**
 * The daemon whose recovery is measured: each step commits one word. The steps after an incarnation's first one also read a word of each
 * page of the state, so that a process that has made {@link #STEPS_UNTIL_TOUCHED} steps has all of it mapped when it is killed; the C
 * program that it is compared with does the same. Its one argument: bytes of state, a multiple of {@value #TOUCHING_STEPS} pages.
 */
public final class Steps implements Daemon {
    /** Steps that touch a part of the state each. */
    public static final int TOUCHING_STEPS = 64;

    /** After so many steps of an incarnation all of its state is touched. */
    public static final int STEPS_UNTIL_TOUCHED = 1 + TOUCHING_STEPS;

    /** As in {@code fork.c}. */
    private static final int ROW_BYTES = 4096;

    private static final RecordLayout.Builder BUILDER = RecordLayout.named("page");
    private static final LongField WORD = BUILDER.int64("word");

    @SuppressWarnings("unused") // Makes a row as long as a page: its own length takes a word.
    private static final BytesField REST = BUILDER.bytes("rest", ROW_BYTES - 2 * Long.BYTES);

    private static final RecordLayout PAGE = BUILDER.build();

    /** Ready to be killed soon, and then quiet: the daemons of the other rows shall not disturb. */
    private static final Next SOON = Next.after(Duration.ofMillis(1));

    private static final Next LATER = Next.after(Duration.ofMillis(10));

    @SuppressWarnings("NullAway.Init") // start() comes before any step.
    private RecordTable pages;

    private int rowsAStep;
    private int step;
    private long seen;

    @Override
    public void start(DaemonContext context) {
        int rows = (int) (Long.parseLong(context.args().get(0)) / ROW_BYTES);
        pages = context.state().table("pages", PAGE, rows);
        rowsAStep = rows / TOUCHING_STEPS;
    }

    @Override
    public Next step() {
        pages.at(step % pages.rows()).add(WORD, 1);
        if (step > 0 && step < STEPS_UNTIL_TOUCHED) {
            for (int row = (step - 1) * rowsAStep; row < step * rowsAStep; row++) {
                seen += pages.at(row).get(WORD);
            }
        }
        step++;
        return step < STEPS_UNTIL_TOUCHED || seen < 0 ? SOON : LATER;
    }
}
