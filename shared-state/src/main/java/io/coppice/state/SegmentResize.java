package io.coppice.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Writes a segment of another size, to take the place of one whose owner this process is, into the file that was reserved for it
 * ({@link NextFile}). That is zeroed by writing before it is mapped, so that a file system that is full after all is an error of a call and
 * no signal.
 */
final class SegmentResize {
    private static final int PIECE = 1 << 16;

    private final Path segment;
    private final Path ownDirectory;
    private final SegmentSize size;
    private final Consumer<String> told;

    SegmentResize(Path segment, Path ownDirectory, SegmentSize size, Consumer<String> told) {
        this.segment = segment;
        this.ownDirectory = ownDirectory;
        this.size = size;
        this.told = told;
    }

    /**
     * Carries over what the old one holds, if it can.
     *
     * @return the owner of the new one, with the old one's lock; the old one if it cannot
     */
    OwnedSegment carryOver(OwnedSegment old, long pid, long incarnation) throws SegmentException {
        Header header = old.header();
        String sizes = words(header.stateBytes(), header.checkpoints()) + ", and is to have "
                + words(size.stateBytes(), size.checkpoints());
        int left;
        try {
            left = old.isLocked() ? write(old.resizing(size), size.spec(header).lengthBytes()) : notBuried();
        } catch (SegmentException | SegmentDamagedException | IOException e) {
            told.accept("its segment has " + sizes + ", and stays as it is for now: " + e.getMessage());
            return old;
        }
        told.accept("its segment had " + sizes + ": carried over"
                + (left == 0 ? "" : "; checkpoints that did not fit, or were damaged: " + left));
        return old.moveTo(segment, ownDirectory, pid, incarnation);
    }

    private static int notBuried() throws SegmentException {
        throw new SegmentException("Its last owner is not buried yet, and the next start does it.");
    }

    private static String words(long stateBytes, int checkpoints) {
        return stateBytes + " bytes of state"
                + (checkpoints == 0
                        ? ""
                        : checkpoints == 1 ? " and 1 checkpoint" : " and " + checkpoints + " checkpoints");
    }

    /** @return checkpoints that are not in it */
    private int write(Resizing resizing, long length) throws SegmentException, IOException {
        Optional<String> obstacle = resizing.obstacle();
        if (obstacle.isPresent()) {
            throw new SegmentException(obstacle.get());
        }
        Path next = NextFile.of(segment);
        clear(next, length);
        try (MappedMemory target = MappedMemory.map(next, true)) {
            return resizing.write(target);
        }
    }

    private void clear(Path next, long length) throws SegmentException, IOException {
        try (FileChannel channel =
                FileChannel.open(next, Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS))) {
            if (channel.size() != length) {
                throw new SegmentException(next + " has " + channel.size() + " bytes, expected " + length
                        + ". The next start of the root, or a reload, reserves it anew.");
            }
            ByteBuffer zeros = ByteBuffer.allocate(PIECE);
            for (long at = 0; at < length; ) {
                zeros.limit((int) Math.min(PIECE, length - at)).position(0);
                at += channel.write(zeros, at);
            }
        } catch (NoSuchFileException e) {
            throw new SegmentException(
                    next + " was not reserved. The next start of the root, or a reload, does that.", e);
        }
    }
}
