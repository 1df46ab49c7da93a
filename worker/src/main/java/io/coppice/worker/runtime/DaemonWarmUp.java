package io.coppice.worker.runtime;

import io.coppice.state.OwnedSegment;
import io.coppice.state.SegmentFile;
import io.coppice.state.State;
import io.coppice.worker.Daemon;

/**
 * Calls a daemon's own {@link Daemon#warmUp}, on an instance and a state that nobody sees again. A class that does not have
 * one is not even initialised. Main thread.
 */
final class DaemonWarmUp {
    private DaemonWarmUp() {}

    static void run(WorkerArguments arguments, ScratchDirectory scratch) throws Exception {
        Class<?> type = Class.forName(arguments.mainClass(), false, ClassLoader.getSystemClassLoader());
        if (!Daemon.class.isAssignableFrom(type) || !overrides(type)) {
            return;
        }
        scratch.createSegment(arguments.instance(), arguments.name(), 0);
        try (OwnedSegment segment = SegmentFile.openOwned(scratch.segment(), scratch.lock(), OwnPid.get(), 1)) {
            segment.recover();
            // Nothing is left behind then, should the daemon's code not come back.
            scratch.close();
            MainClass.instantiate(arguments.mainClass()).warmUp(segment.state());
        }
    }

    private static boolean overrides(Class<?> type) throws NoSuchMethodException {
        return type.getMethod("warmUp", State.class).getDeclaringClass() != Daemon.class;
    }
}
