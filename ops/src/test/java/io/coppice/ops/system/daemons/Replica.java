package io.coppice.ops.system.daemons;

import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Counts its steps, and does not start while there is a file whose name is its argument and its number. */
public final class Replica implements Daemon {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("count");
    private static final LongField STEPS = BUILDER.int64("steps");
    private static final RecordLayout LAYOUT = BUILDER.build();
    private static final Next SOON = Next.after(Duration.ofMillis(5));

    private @Nullable Record count;

    @Override
    public void start(DaemonContext context) {
        String number = System.getenv("COPPICE_REPLICA");
        if (Files.exists(Path.of(context.args().get(0) + number))) {
            throw new IllegalStateException("number " + number + " is told not to start");
        }
        Record found = context.state().record("count", LAYOUT);
        count = found;
        System.out.println(context.name() + " is number " + number + " and begins at " + found.get(STEPS));
    }

    @Override
    public Next step() {
        java.util.Objects.requireNonNull(count).add(STEPS, 1);
        return SOON;
    }
}
