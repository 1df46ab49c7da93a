package io.coppice.ops.system.daemons;

import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;

/** Its first incarnation never comes back from its step; later ones tick. */
public final class Hangs implements Daemon {
    private long incarnation;
    private long spins;

    @Override
    public void start(DaemonContext context) {
        incarnation = context.incarnation();
    }

    @Override
    public Next step() {
        while (incarnation == 1) {
            spins++;
            Thread.onSpinWait();
        }
        return Next.after(java.time.Duration.ofMillis(10));
    }
}
