package io.coppice.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Puts a segment of another size in the place of one whose owner this process is. The new file has a name that nobody can guess, is
 * written before it is mapped, so that a full file system is an error of a call and no signal, and takes its name when it is complete.
 */
final class SegmentResize {
    private static final int PIECE = 1 << 16;

    private final Path segment;
    private final SegmentSize size;
    private final Consumer<String> told;

    SegmentResize(Path segment, SegmentSize size, Consumer<String> told) {
        this.segment = segment;
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
        return old.moveTo(segment, pid, incarnation);
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
        AbandonedFiles files = new AbandonedFiles(segment);
        OwnerFiles.makeDirectory(OwnerFiles.directory(segment));
        files.removeUnfinished();
        Path unfinished = files.unfinished();
        try {
            fill(unfinished, length);
            int left;
            try (MappedMemory target = MappedMemory.map(unfinished, true)) {
                left = resizing.write(target);
            }
            Files.move(unfinished, segment, StandardCopyOption.ATOMIC_MOVE);
            return left;
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static void fill(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer zeros = ByteBuffer.allocate(PIECE);
            for (long at = 0; at < length; ) {
                zeros.limit((int) Math.min(PIECE, length - at)).position(0);
                at += channel.write(zeros, at);
            }
        }
    }
}
