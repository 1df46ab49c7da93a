package io.coppice.worker.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The calling thread's number, as the kernel tells it. */
final class OwnThread {
    private static final Path SELF = Path.of("/proc/thread-self");

    /** Whose number is known; a standby's main thread asks for its own before it is parked. */
    private static volatile @Nullable OwnThread last;

    private final Thread thread;
    private final long number;

    private OwnThread(Thread thread, long number) {
        this.thread = thread;
        this.number = number;
    }

    /** The number in this process's pid namespace; 0 if it cannot be told. */
    static long tid() {
        Thread caller = Thread.currentThread();
        OwnThread known = last;
        if (known == null || known.thread != caller) {
            known = new OwnThread(caller, read());
            last = known;
        }
        return known.number;
    }

    private static long read() {
        try {
            Path name = Files.readSymbolicLink(SELF).getFileName();
            return name == null ? 0 : Long.parseLong(name.toString());
        } catch (IOException | NumberFormatException e) {
            return 0; // /proc is not mounted here: the root does without.
        }
    }
}
