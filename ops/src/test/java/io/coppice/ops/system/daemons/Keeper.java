package io.coppice.ops.system.daemons;

import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Counts up to 6 and keeps that; takes a checkpoint at 3. */
public final class Keeper implements Daemon {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("value");
    private static final LongField VALUE = BUILDER.int64("value");
    private static final RecordLayout LAYOUT = BUILDER.build();

    private @Nullable Record record;
    private @Nullable DaemonContext context;

    @Override
    public void start(DaemonContext given) {
        context = given;
        Record found = given.state().record("value", LAYOUT);
        record = found;
        System.out.println("incarnation " + given.incarnation() + " at " + found.get(VALUE));
    }

    @Override
    public Next step() {
        Record value = Objects.requireNonNull(record);
        if (value.get(VALUE) == 6) {
            return Next.after(Duration.ofSeconds(1));
        }
        value.add(VALUE, 1);
        if (value.get(VALUE) == 3) {
            Objects.requireNonNull(context).checkpoint();
        }
        return Next.after(Duration.ofMillis(1));
    }
}
