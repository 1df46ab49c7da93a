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

/** Never comes back from its first step, unless the file that its argument names was there when it started; then it ticks. */
public final class Hangs implements Daemon {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("ticks");
    private static final LongField COUNT = BUILDER.int64("count");
    private static final RecordLayout LAYOUT = BUILDER.build();

    private @Nullable Record ticks;
    private boolean healed;
    private long spins;

    @Override
    public void start(DaemonContext context) {
        ticks = context.state().record("ticks", LAYOUT);
        healed = Files.exists(Path.of(context.args().get(0)));
    }

    @Override
    public Next step() {
        while (!healed) {
            spins++;
            Thread.onSpinWait();
        }
        java.util.Objects.requireNonNull(ticks).add(COUNT, 1);
        return Next.after(Duration.ofMillis(10));
    }
}
