package io.coppice.worker.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The calling thread's number, as the kernel tells it. */
final class OwnThread {
    private static final Path SELF = Path.of("/proc/thread-self");

    private OwnThread() {}

    /** The number in this process's pid namespace; 0 if it cannot be told. */
    static long tid() {
        try {
            Path name = Files.readSymbolicLink(SELF).getFileName();
            return name == null ? 0 : Long.parseLong(name.toString());
        } catch (IOException | NumberFormatException e) {
            return 0; // /proc is not mounted here: the root does without.
        }
    }
}
