package io.coppice.ops.system.daemons;

import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.RecoveryContext;
import io.coppice.worker.ResumeFrom;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Ticks; asked what to start from, it has no answer before the file that the variable HEALED names is there. */
public final class NeverDecides implements Daemon {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("ticks");
    private static final LongField COUNT = BUILDER.int64("count");
    private static final RecordLayout LAYOUT = BUILDER.build();

    private @Nullable Record ticks;

    @Override
    public ResumeFrom recover(RecoveryContext context) {
        Path healed = Path.of(Objects.requireNonNull(System.getenv("HEALED")));
        while (!Files.exists(healed)) {
            LockSupport.parkNanos(1_000_000);
        }
        return ResumeFrom.lastCommit();
    }

    @Override
    public void start(DaemonContext context) {
        ticks = context.state().record("ticks", LAYOUT);
    }

    @Override
    public Next step() {
        Objects.requireNonNull(ticks).add(COUNT, 1);
        return Next.after(Duration.ofMillis(10));
    }
}
