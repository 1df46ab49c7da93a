package io.coppice.ops.view;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A child's log, read in bounded pieces however long it or its lines are. Follows it when it is truncated or replaced, as
 * rotation does. One thread.
 */
public final class LogFile implements AutoCloseable {
    private static final int CHUNK_BYTES = 16 * 1024;

    private final Path file;
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    private FileChannel channel;
    private @Nullable Object fileKey;
    private long position;

    private LogFile(Path file, FileChannel channel, @Nullable Object fileKey) {
        this.file = file;
        this.channel = channel;
        this.fileKey = fileKey;
    }

    /**
     * Opens it at its beginning.
     *
     * @throws NoSuchFileException if there is none
     * @throws IOException if it is not a plain file or cannot be read
     */
    public static LogFile open(Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new IOException("not a plain file");
        }
        return new LogFile(
                file, FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS), attributes.fileKey());
    }

    /**
     * Moves to the start of the last lines. Reads backwards, so the time depends on these lines, not on the file.
     *
     * @param lines 0 or more; an unfinished last line counts
     */
    public void seekToLastLines(long lines) throws IOException {
        long end = channel.size();
        position = end;
        long missing = lines;
        long from = end;
        while (from > 0) {
            int length = (int) Math.min(CHUNK_BYTES, from);
            from -= length;
            chunk.clear().limit(length);
            int count = readFully(from);
            for (int i = count - 1; i >= 0; i--) {
                // The newline that ends the file ends the last line, it does not begin another.
                if (chunk.get(i) == '\n' && from + i < end - 1 && --missing == 0) {
                    position = from + i + 1;
                    return;
                }
            }
        }
        position = lines == 0 ? end : 0;
    }

    /**
     * The next bytes up to the present end.
     *
     * @return a buffer ready to be read, valid until the next call; empty at the end
     */
    public ByteBuffer next() throws IOException {
        chunk.clear();
        int count = channel.read(chunk, position);
        chunk.flip();
        position += Math.max(0, count);
        return chunk;
    }

    /**
     * At the end: notices whether the file was replaced or truncated, and goes on at its new beginning if so. What a
     * replaced file received after the last {@link #next} is not lost: this looks only when that file is at its end.
     *
     * @return what happened
     */
    public Change followChange() throws IOException {
        BasicFileAttributes now;
        try {
            now = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return Change.NONE; // Moved away; the open one is read on until there is another.
        }
        if (now.isRegularFile() && !Objects.equals(now.fileKey(), fileKey)) {
            FileChannel replacement = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            channel.close();
            channel = replacement;
            fileKey = now.fileKey();
            position = 0;
            return Change.REPLACED;
        }
        if (channel.size() < position) {
            position = 0;
            return Change.TRUNCATED;
        }
        return Change.NONE;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private int readFully(long from) throws IOException {
        while (chunk.hasRemaining()) {
            if (channel.read(chunk, from + chunk.position()) < 0) {
                break; // Truncated while we read backwards.
            }
        }
        return chunk.position();
    }

    /** What became of a followed file. */
    public enum Change {
        /** Nothing. */
        NONE,
        /** It is shorter than what was read. */
        TRUNCATED,
        /** Another file has its name. */
        REPLACED
    }
}
