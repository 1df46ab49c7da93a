package io.coppice.ops.demo.thumbnails.job;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** A folder whose files are looked at one by one, again and again. One thread. */
final class PictureFolder implements AutoCloseable {
    /** Younger files may still be being written. */
    private static final long SETTLED_MS = 500;

    private final Path path;
    private @Nullable DirectoryStream<Path> stream;
    private @Nullable Iterator<Path> files;

    PictureFolder(Path path) {
        this.path = path;
    }

    /** The next entry, whatever it is; null once all have been seen: the next call begins anew. */
    @SuppressWarnings("StreamResourceLeak") // Closed with the last entry, by a failure, or with this.
    @Nullable
    Path next() throws IOException {
        Iterator<Path> from = files;
        if (from == null) {
            DirectoryStream<Path> opened = Files.newDirectoryStream(path);
            stream = opened;
            from = opened.iterator();
            files = from;
        }
        try {
            if (from.hasNext()) {
                return from.next();
            }
        } catch (DirectoryIteratorException e) {
            close();
            throw e.getCause();
        }
        close();
        return null;
    }

    /** Whether it is a file that nobody hides, and that nobody has written to for a moment. */
    static boolean isSettled(Path file) throws IOException {
        if (String.valueOf(file.getFileName()).startsWith(".")
                || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        long changedMs = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .lastModifiedTime()
                .toMillis();
        return Math.abs(System.currentTimeMillis() - changedMs) > SETTLED_MS;
    }

    @Override
    public void close() throws IOException {
        DirectoryStream<Path> open = stream;
        stream = null;
        files = null;
        if (open != null) {
            open.close();
        }
    }
}
