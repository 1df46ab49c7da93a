package io.coppice.worker.runtime;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Tells the root that the phase in the segment has changed, or that a standby is parked: one byte into the pipe it left open as descriptor 3. Only a
 * hint that saves the root from polling; the segment says what happened. So errors are not reported: the root may be
 * dead, and its successor reads the segment.
 */
final class RootNotifier {
    private static final Path PIPE = Path.of("/proc/self/fd/3");

    private @Nullable FileOutputStream pipe;
    private boolean opened;

    /** A notifier that tells nobody, for what happens on scratch memory. */
    static RootNotifier toNobody() {
        RootNotifier notifier = new RootNotifier();
        notifier.opened = true;
        return notifier;
    }

    /** The phase in the segment has changed; or, before there is a segment, this process is parked. */
    void phaseChanged() {
        try {
            if (!opened) {
                opened = true;
                pipe = open();
            }
            if (pipe != null) {
                pipe.write('p');
            }
        } catch (IOException e) {
            pipe = null;
        }
    }

    /** A worker started without a root may have any file of the JVM's at that number: write to nothing but a pipe. */
    private static @Nullable FileOutputStream open() throws IOException {
        boolean isPipe = Files.isSymbolicLink(PIPE)
                && Files.readSymbolicLink(PIPE).toString().startsWith("pipe:");
        return isPipe ? new FileOutputStream(PIPE.toFile()) : null;
    }
}
