package io.coppice.ops.system.daemons;

import io.coppice.state.State;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.time.Duration;

/** Says which version of it runs, and which warms up. A test changes that in the class file. */
public final class Says implements Daemon {
    public static final String VERSION = "this is version 1";
    private static final Next SOON = Next.after(Duration.ofMillis(20));

    @Override
    public void start(DaemonContext context) {
        System.out.println("incarnation " + context.incarnation() + ": " + VERSION);
    }

    @Override
    public Next step() {
        return SOON;
    }

    @Override
    public void warmUp(State scratch) {
        System.out.println("warm-up in " + ProcessHandle.current().pid() + ": " + VERSION);
    }
}
