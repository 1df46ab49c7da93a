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

/** Counts; takes a checkpoint at 3; its first incarnation commits at 6 what every later one dies of in its first step. */
public final class Poisonable implements Daemon {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("value");
    private static final LongField VALUE = BUILDER.int64("value");
    private static final LongField POISON = BUILDER.int64("poison");
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
        DaemonContext daemon = Objects.requireNonNull(context);
        if (value.get(POISON) != 0) {
            System.out.flush();
            Runtime.getRuntime().halt(3);
        }
        value.add(VALUE, 1);
        if (value.get(VALUE) == 3) {
            daemon.checkpoint();
        } else if (value.get(VALUE) == 6 && daemon.incarnation() == 1) {
            value.set(POISON, 1);
        }
        return Next.after(Duration.ofMillis(1));
    }
}
