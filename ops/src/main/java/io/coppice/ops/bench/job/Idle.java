package io.coppice.ops.bench.job;

import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.time.Duration;

/** A daemon with nothing to do. */
public final class Idle implements Daemon {
    private static final Next TOMORROW = Next.after(Duration.ofDays(1));

    @Override
    public void start(DaemonContext context) {}

    @Override
    public Next step() {
        return TOMORROW;
    }
}
