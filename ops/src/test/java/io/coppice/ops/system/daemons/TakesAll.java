package io.coppice.ops.system.daemons;

import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.time.Duration;

/** Its first incarnation takes memory that no heap counts, in its first step; later ones idle. */
public final class TakesAll implements Daemon {
    private boolean first;

    @Override
    public void start(DaemonContext context) {
        first = context.incarnation() == 1;
    }

    @Override
    public Next step() throws Exception {
        if (first) {
            Risky.takeAll();
        }
        return Next.after(Duration.ofSeconds(1));
    }
}
