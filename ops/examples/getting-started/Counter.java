import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.time.Duration;

/** Counts, ten times a second, in its segment. Kill it as often as you like: it never counts a number twice. */
public final class Counter implements Daemon {
    private static final RecordLayout.Builder LAYOUT_BUILDER = RecordLayout.named("count");
    static final LongField VALUE = LAYOUT_BUILDER.int64("value");
    static final LongField INCARNATION = LAYOUT_BUILDER.int64("incarnation");
    static final RecordLayout LAYOUT = LAYOUT_BUILDER.build();

    private static final Next SOON = Next.after(Duration.ofMillis(100));

    private Record count;

    @Override
    public void start(DaemonContext context) {
        count = context.state().published("count", LAYOUT);
        count.set(INCARNATION, context.incarnation());
        System.out.println("incarnation " + context.incarnation() + " resumes at " + count.get(VALUE)
                + context.previousExit().map(exit -> "; the last one ended by " + exit.inWords()).orElse(""));
    }

    @Override
    public Next step() {
        count.add(VALUE, 1);
        return SOON;
    }
}
