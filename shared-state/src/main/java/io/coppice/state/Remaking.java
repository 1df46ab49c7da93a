package io.coppice.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;

/**
 * Makes a segment anew in the file that it is, where whoever owned it last has left something that is none: of a transaction's slot, which is another
 * request's next, and holds nothing that is worth a refusal. For who holds the owner's lock; blocks for as long as writing all of it takes.
 */
final class Remaking {
    private static final int CHUNK = 1 << 16;

    private Remaking() {}

    /**
     * Gives the owner the rights to its files that it had taken from itself.
     *
     * @throws SegmentException if it may not
     */
    static void open(Path file) throws SegmentException {
        try {
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
            if (rights.addAll(List.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE))
                    && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.setPosixFilePermissions(file, rights);
            }
        } catch (NoSuchFileException e) {
            return; // Whoever opens it says so.
        } catch (IOException e) {
            throw new SegmentException("Cannot open " + file + ", whose rights are not what they were: " + e, e);
        }
    }

    /**
     * Interrupted at any point it leaves a file that is no segment, and may be made anew again.
     *
     * @throws SegmentException if that cannot be done, for want of room or of the right to shorten the file
     */
    static void remake(Path file, SegmentSpec spec) throws SegmentException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new SegmentException("Cannot make segment " + file + " anew: found no regular file, expected one");
        }
        // Written, not mapped: where blocks were given back and there is no room, that is an error and not a fault.
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer zeros = ByteBuffer.allocate(CHUNK);
            for (long at = 0; at < spec.lengthBytes(); at += zeros.position()) {
                zeros.clear().limit((int) Math.min(CHUNK, spec.lengthBytes() - at));
                channel.write(zeros, at);
            }
            if (channel.size() > spec.lengthBytes()) {
                channel.truncate(spec.lengthBytes());
            }
        } catch (IOException e) {
            throw new SegmentException("Cannot make segment " + file + " anew: " + e, e);
        }
        SegmentFile.create(file, spec);
    }
}
