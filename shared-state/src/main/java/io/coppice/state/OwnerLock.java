package io.coppice.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
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

    /** Bytes of the file: room for two numbers. */
    private static final int CONTENT = 48;

    private static final Set<OpenOption> OPTIONS =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    private final Path key;
    private final FileChannel channel;

    private final Path segment;
    private final Path lockFile;
    private final long pid;
    private final long incarnation;
    private boolean held;

    /** This process holds the file under another path: closing the channel would drop that lock. */
    private boolean heldElsewhere;

    private OwnerLock(Path key, FileChannel channel, Path segment, Path lockFile, long pid, long incarnation) {
        this.key = key;
        this.channel = channel;
        this.segment = segment;
        this.lockFile = lockFile;
        this.pid = pid;
        this.incarnation = incarnation;
    }

    /**
     * Opens the lock file, the one time that this process does, and takes nothing yet. Makes none: whoever owns a segment need not have
     * the right to.
     */
    static OwnerLock open(Path segment, Path lockFile, long pid, long incarnation) throws SegmentException {
        Path key = lockFile.toAbsolutePath().normalize();
        if (!HELD.add(key)) {
            throw heldHere(segment, lockFile);
        }
        boolean opened = false;
        try {
            FileChannel channel = FileChannel.open(lockFile, OPTIONS);
            opened = true;
            return new OwnerLock(key, channel, segment, lockFile, pid, incarnation);
        } catch (NoSuchFileException e) {
            throw missing(segment, lockFile, e);
        } catch (IOException e) {
            throw failed(segment, lockFile, e);
        } finally {
            if (!opened) {
                HELD.remove(key);
            }
        }
    }

    /**
     * Takes the lock without waiting and writes who has it into the file.
     *
     * @return false if another process has it
     */
    boolean tryTake() throws SegmentException {
        if (held) {
            return true;
        }
        if (!tryTakeSilently()) {
            return false;
        }
        try {
            channel.write(ByteBuffer.wrap(content()), 0);
            return true;
        } catch (IOException e) {
            throw failed(segment, lockFile, e);
        }
    }

    /** The same for a moment, by one that owns nothing: the file goes on saying who had it last. */
    boolean tryTakeSilently() throws SegmentException {
        try {
            held = channel.tryLock() != null;
            return held;
        } catch (OverlappingFileLockException e) {
            heldElsewhere = true;
            throw heldHere(segment, lockFile);
        } catch (IOException e) {
            throw failed(segment, lockFile, e);
        }
    }

    /** Whether this process has it. */
    boolean isHeld() {
        return held;
    }

    /**
     * The owner's pid and incarnation, as long as any other: it is written over the one before in one go. To truncate the file first
     * is another three system calls in each recovery.
     */
    private byte[] content() {
        byte[] content = new byte[CONTENT];
        Arrays.fill(content, (byte) ' ');
        byte[] text = (pid + " " + incarnation).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, content, 0, text.length);
        content[CONTENT - 1] = '\n';
        return content;
    }

    /** The refusal when {@link #tryTake} was false: names the process that the file says has the lock. */
    SegmentException heldByAnother() {
        try {
            long owner = readPid(channel);
            return new SegmentLockedException(
                    "Segment " + segment + " is owned by " + (owner < 0 ? "another process" : "process " + owner)
                            + ", which holds the lock on " + lockFile
                            + ". Wait until it has ended; the kernel then frees the lock by itself.",
                    owner);
        } catch (IOException e) {
            return failed(segment, lockFile, e);
        }
    }

    private static SegmentException missing(Path segment, Path lockFile, IOException e) {
        return new SegmentException(
                "Cannot lock segment " + segment + ": its lock file " + lockFile
                        + " is missing, expected the one that is made together with the segment. Start the daemon by its root, which makes"
                        + " it anew before each launch (`coppice start NAME`).",
                e);
    }

    private static SegmentException failed(Path segment, Path lockFile, IOException e) {
        return new SegmentException("Cannot lock " + lockFile + " of segment " + segment + ": " + e.getMessage(), e);
    }

    private static SegmentLockedException heldHere(Path segment, Path lockFile) {
        return new SegmentLockedException(
                "Segment " + segment + " is owned by this process already: it holds the lock on " + lockFile
                        + ". Close the first owner before opening a second.",
                ProcessHandle.current().pid());
    }

    private static long readPid(FileChannel channel) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(CONTENT);
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
            if (!heldElsewhere) {
                channel.close();
            }
        } finally {
            HELD.remove(key);
        }
    }
}
