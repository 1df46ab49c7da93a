package io.coppice.worker.runtime;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Tells the root that the phase in the segment has changed, or that a standby is parked: one byte into the pipe it left open as descriptor 3. Only a
 * hint that saves the root from polling; the segment says what happened. So errors are not reported: the root may be
 * dead, and its successor reads the segment.
 */
final class RootNotifier {
    private static final Path DESCRIPTOR = Path.of("/proc/self/fd/3");

    private final Path path;
    private @Nullable FileOutputStream pipe;
    private boolean opened;
    private @Nullable RandomAccessFile ownEnd;
    private boolean ownEndTried;

    RootNotifier() {
        this(DESCRIPTOR);
    }

    /** @param path of a pipe that is open already */
    RootNotifier(Path path) {
        this.path = path;
    }

    /** A notifier that tells nobody, for what happens on scratch memory. */
    static RootNotifier toNobody() {
        RootNotifier notifier = new RootNotifier();
        notifier.opened = true;
        notifier.ownEndTried = true;
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

    /**
     * What the segment asks of the root has changed. Unlike {@link #phaseChanged} this goes on after the root's death, for its successor: the
     * pipe is opened once, for reading as well, so that it never breaks. It never blocks: where a byte is in the pipe that nobody has read,
     * whoever reads it will see what there is to see now.
     */
    void wordsChanged() {
        try {
            if (!ownEndTried) {
                ownEndTried = true;
                ownEnd = isPipe() ? new RandomAccessFile(path.toFile(), "rw") : null;
            }
            RandomAccessFile both = ownEnd;
            if (both != null && unread(both) == 0) {
                both.write('w');
            }
        } catch (IOException e) {
            ownEnd = null;
        }
    }

    private static int unread(RandomAccessFile pipe) throws IOException {
        // Not closed: it would close the descriptor, which is the pipe's.
        @SuppressWarnings("resource")
        FileInputStream in = new FileInputStream(pipe.getFD());
        return in.available();
    }

    /** A worker started without a root may have any file of the JVM's at that number: write to nothing but a pipe. */
    private boolean isPipe() throws IOException {
        return Files.isSymbolicLink(path)
                && Files.readSymbolicLink(path).toString().startsWith("pipe:");
    }

    private @Nullable FileOutputStream open() throws IOException {
        return isPipe() ? new FileOutputStream(path.toFile()) : null;
    }
}
