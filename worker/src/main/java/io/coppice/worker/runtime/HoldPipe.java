package io.coppice.worker.runtime;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pipe on standard input by which the root holds this process, and its lines. Its end tells a process that nobody will
 * ever put it on record: the root died, or thought better of it. Main thread.
 */
final class HoldPipe implements Closeable {
    /** Far more than any line the root writes. */
    static final int MAX_BYTES = 256;

    private static final String STANDARD_INPUT = "/proc/self/fd/0";

    private final InputStream in;
    private final String path;
    private final byte[] bytes = new byte[MAX_BYTES];
    private int length;
    private @Nullable RandomAccessFile ownEnd;

    /** The pipe on this process's standard input. Closing it leaves {@code /dev/null} there. */
    HoldPipe() {
        this(new FileInputStream(FileDescriptor.in), STANDARD_INPUT);
    }

    /** @param path by which that can be opened once more */
    HoldPipe(InputStream in, String path) {
        this.in = in;
        this.path = path;
    }

    /**
     * Waits for the next line. Blocks until the other end writes or closes.
     *
     * @return empty at the end of the pipe before the end of a line: this process must not go on
     * @throws IllegalArgumentException if it is another line than expected
     */
    Optional<RootLine> next() throws IOException {
        int searched = 0;
        while (true) {
            for (int at = searched; at < length; at++) {
                if (bytes[at] == '\n') {
                    return Optional.of(RootLine.parse(take(at)));
                }
            }
            searched = length;
            if (length == MAX_BYTES) {
                throw new IllegalArgumentException("release line: no end within " + MAX_BYTES + " bytes");
            }
            int read = in.read(bytes, length, MAX_BYTES - length);
            if (read < 0) {
                return Optional.empty();
            }
            length += read;
        }
    }

    /** The line that ends there; what was read beyond it is the beginning of the next. */
    private String take(int end) {
        String line = new String(bytes, 0, end, StandardCharsets.UTF_8);
        length -= end + 1;
        System.arraycopy(bytes, end + 1, bytes, 0, length);
        return line;
    }

    /**
     * Opens the pipe once more, for reading and writing: from here on the root's death brings no end of file, and its successor
     * finds the pipe under {@code /proc/PID/fd/0}.
     *
     * @throws IOException if the kernel does not let this process, which then ends with the root's end of the pipe, as before
     */
    void outliveRoot() throws IOException {
        if (ownEnd == null) {
            ownEnd = new RandomAccessFile(path, "rw");
        }
    }

    @Override
    public void close() throws IOException {
        try {
            if (ownEnd != null) {
                ownEnd.close();
            }
        } finally {
            in.close();
        }
    }
}
