package io.coppice.worker.runtime;

import io.coppice.worker.libc.RobustMutex;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Loads what the loop word needs of the C library, once per process and when there is time for it: a standby while it warms
 * up, a worker that started cold beside its loop once it is ready. If it cannot be loaded, that is one line of the log, and the
 * file lock stays the fence.
 */
final class LibcLoader {
    private final WorkerLog log;
    private volatile @Nullable RobustMutex loaded;
    private volatile boolean failed;
    private boolean begun;

    LibcLoader(WorkerLog log) {
        this.log = log;
    }

    /** Loads it now, unless that was tried before. Main thread. */
    void load() {
        if (!begun) {
            begun = true;
            tryToLoad();
        }
    }

    /** Loads it on a thread of its own, unless that was tried before, and then wakes the one that calls this. Main thread. */
    void loadBeside() {
        if (begun) {
            return;
        }
        begun = true;
        Thread loop = Thread.currentThread();
        Thread loader = new Thread(
                () -> {
                    tryToLoad();
                    LockSupport.unpark(loop);
                },
                "coppice-libc");
        loader.setDaemon(true);
        try {
            loader.start();
        } catch (OutOfMemoryError e) {
            cannot(e);
        }
    }

    private void tryToLoad() {
        try {
            loaded = RobustMutex.load();
        } catch (LinkageError | IOException | RuntimeException e) {
            cannot(e);
        }
    }

    /** Of a process that may have no more threads, too: {@code OutOfMemoryError} says so. */
    private void cannot(Throwable why) {
        log.log(
                "no loop word, as libc cannot be called; the file lock stays the fence: " + LastWords.firstLine(why),
                null);
        failed = true;
    }

    /** What was loaded; null as long as it is not. Any thread. */
    @Nullable
    RobustMutex mutex() {
        return loaded;
    }

    /** Whether it will never be loaded. Any thread. */
    boolean hasFailed() {
        return failed;
    }
}
