package io.coppice.ops.system.daemons;

import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Two numbers that are equal after each commit, and differ in the middle of each step. */
public final class Ticker implements Daemon {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("ticks");
    public static final LongField FIRST = BUILDER.int64("first");
    public static final LongField SECOND = BUILDER.int64("second");
    public static final RecordLayout LAYOUT = BUILDER.build();
    private static final Next SOON = Next.after(Duration.ofMillis(1));

    private @Nullable Record ticks;

    @Override
    public void start(DaemonContext context) {
        Record record = context.state().published("ticks", LAYOUT);
        ticks = record;
        if (record.get(FIRST) != record.get(SECOND)) {
            throw new IllegalStateException("torn: " + record.get(FIRST) + " and " + record.get(SECOND));
        }
        System.out.println("incarnation " + context.incarnation() + " at " + record.get(FIRST) + " after "
                + context.previousExit().map(exit -> exit.inWords()).orElse("nothing"));
    }

    @Override
    public Next step() {
        Record record = java.util.Objects.requireNonNull(ticks);
        record.add(FIRST, 1);
        record.add(SECOND, 1);
        return SOON;
    }

    @Override
    public void stop() {
        System.out.println("stopped in order");
    }
}
