package io.coppice.systemd.daemons;

import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Counts, and says where it begins. */
public final class Beats implements Daemon {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("beats");
    private static final LongField COUNT = BUILDER.int64("count");
    private static final RecordLayout LAYOUT = BUILDER.build();

    private @Nullable Record beats;

    @Override
    public void start(DaemonContext context) {
        Record record = context.state().record("beats", LAYOUT);
        beats = record;
        System.out.println("from " + record.get(COUNT));
    }

    @Override
    public Next step() {
        Objects.requireNonNull(beats).add(COUNT, 1);
        return Next.after(Duration.ofMillis(10));
    }
}
