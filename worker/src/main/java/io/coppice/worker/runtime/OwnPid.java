package io.coppice.worker.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * This process's number, as the kernel tells it: {@link ProcessHandle} makes a pool of threads first, which takes 6 ms. A standby has
 * asked before it is parked. Main thread.
 */
final class OwnPid {
    private static final Path SELF = Path.of("/proc/self");

    private static long known;

    private OwnPid() {}

    static long get() {
        if (known == 0) {
            known = ask();
        }
        return known;
    }

    private static long ask() {
        try {
            return Long.parseLong(Files.readSymbolicLink(SELF).toString());
        } catch (IOException | NumberFormatException e) {
            return ProcessHandle.current().pid();
        }
    }
}
