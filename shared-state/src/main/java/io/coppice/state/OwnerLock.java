package io.coppice.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The kernel's lock on a segment's lock file: the fence that no second owner passes while the first lives. The kernel gives
 * it back when the process dies, however it dies.
 *
 * <p>It is a POSIX record lock, which a process loses when it closes <em>any</em> descriptor of the file. So what this
 * process holds is remembered, and a file it holds is never opened a second time.
 */
final class OwnerLock implements AutoCloseable {
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
    private static final int MAX_CONTENT = 64;
    private static final Set<OpenOption> OPTIONS = Set.of(
            StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path key;
    private final FileChannel channel;

    private OwnerLock(Path key, FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    /** Takes the lock without waiting and writes who has it into the file. */
    static OwnerLock acquire(Path segment, Path lockFile, long pid, long incarnation) throws SegmentException {
        Path key = lockFile.toAbsolutePath().normalize();
        if (!HELD.add(key)) {
            throw heldHere(segment, lockFile);
        }
        boolean acquired = false;
        try {
            FileChannel channel = FileChannel.open(lockFile, OPTIONS, PRIVATE);
            lock(channel, segment, lockFile);
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((pid + " " + incarnation + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
            acquired = true;
            return new OwnerLock(key, channel);
        } catch (IOException e) {
            throw new SegmentException("Cannot lock " + lockFile + " of segment " + segment + ": " + e.getMessage(), e);
        } finally {
            if (!acquired) {
                HELD.remove(key);
            }
        }
    }

    private static void lock(FileChannel channel, Path segment, Path lockFile) throws IOException, SegmentException {
        try {
            if (channel.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            // Held by this process under another path. The channel stays open: closing it would drop that lock.
            throw heldHere(segment, lockFile);
        }
        long owner = readPid(channel);
        channel.close();
        throw new SegmentLockedException(
                "Segment " + segment + " is owned by " + (owner < 0 ? "another process" : "process " + owner)
                        + ", which holds the lock on " + lockFile
                        + ". Wait until it has ended; the kernel then frees the lock by itself.",
                owner);
    }

    private static SegmentLockedException heldHere(Path segment, Path lockFile) {
        return new SegmentLockedException(
                "Segment " + segment + " is owned by this process already: it holds the lock on " + lockFile
                        + ". Close the first owner before opening a second.",
                ProcessHandle.current().pid());
    }

    private static long readPid(FileChannel channel) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(MAX_CONTENT);
        int length = channel.read(content, 0);
        String text = new String(content.array(), 0, Math.max(0, length), StandardCharsets.US_ASCII);
        int end = text.indexOf(' ');
        return end > 0 && end <= 18 && text.chars().limit(end).allMatch(c -> c >= '0' && c <= '9')
                ? Long.parseLong(text.substring(0, end))
                : -1;
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(key);
        }
    }
}
