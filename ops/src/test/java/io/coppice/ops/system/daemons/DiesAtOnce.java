package io.coppice.ops.system.daemons;

import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;

/** Exits with 9 before it is ready, every time. */
public final class DiesAtOnce implements Daemon {
    @Override
    public void start(DaemonContext context) {
        Runtime.getRuntime().halt(9);
    }

    @Override
    public Next step() {
        return Next.DONE;
    }
}
