package io.coppice.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * {@code NAME.seg.new}, in which a segment gets another size. Who makes segments reserves it, of the new length; the segment's owner
 * writes what the old file holds into it, its magic last; who makes segments gives it the segment's name.
 *
 * <p><b>Which file is the segment</b> is told by the disk alone, to everybody in the same way: {@code NAME.seg.new} if it is a segment
 * (of that instance and name, its identity whole), else {@code NAME.seg}. So the owner's store of the magic is the one at which the new file
 * is the segment, and the old one is history: before it the old one is complete, as it is only read while the new one is written; after it
 * the new one is complete, and nobody changes the old one any more. The rename changes nothing but the name. An incomplete one is nothing:
 * it is written anew from the beginning, or removed, the latter only while nobody has the owner's lock, or the owner says that it is ready
 * in the old file.
 */
public final class NextFile {
    private static final String SUFFIX = ".new";

    private NextFile() {}

    /** Its path. */
    public static Path of(Path segment) {
        return segment.resolveSibling(segment.getFileName() + SUFFIX);
    }

    /**
     * Which file is the segment. One who may rename it may do so in between: whoever does not find the file that this says looks again.
     *
     * @param instance null if any will do
     * @param name of the owner; null if any will do
     */
    static Path current(Path segment, @Nullable String instance, @Nullable String name) {
        return isComplete(segment, instance, name) ? of(segment) : segment;
    }

    private static boolean isComplete(Path segment, @Nullable String instance, @Nullable String name) {
        Path next = of(segment);
        if (Files.notExists(next, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        return SegmentFile.validate(next) instanceof Validation.Valid valid
                && valid.header().kind() == SegmentSpec.KIND_DAEMON
                && (instance == null || instance.equals(valid.header().instance()))
                && (name == null || name.equals(valid.header().name()));
    }

    /**
     * Gives it the segment's name, if it is the segment. Whoever makes segments; any time.
     *
     * @return whether another file has the segment's name now
     * @throws SegmentException if it cannot be renamed; it is the segment nevertheless
     */
    public static boolean settle(Path segment, String instance, String name) throws SegmentException {
        if (!isComplete(segment, instance, name)) {
            return false;
        }
        try {
            Files.move(of(segment), segment, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new SegmentException("Cannot give " + of(segment) + " the name of segment " + segment + ": " + e, e);
        }
    }

    /**
     * Removes it if nobody has the lock of the segment's owner, and it is not the segment. Not from a process that has that lock.
     *
     * @return whether there is none now
     * @throws SegmentException if it cannot be removed, or the lock cannot be looked at
     */
    public static boolean removeUnowned(Path segment, String instance, String name) throws SegmentException {
        Path next = of(segment);
        if (Files.notExists(next, LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        try (OwnerLock lock = OwnerLock.open(segment, OwnerFiles.lock(segment), 0, 0)) {
            if (!lock.tryTakeSilently() || isComplete(segment, instance, name)) {
                return false;
            }
            return Files.deleteIfExists(next);
        } catch (SegmentLockedException e) {
            return false;
        } catch (IOException e) {
            throw new SegmentException("Cannot remove " + next + ": " + e, e);
        }
    }

    /**
     * Removes it, not being the segment. Only when its owner says that it is ready in the old file, and so will not write it.
     *
     * @throws SegmentException if it cannot be removed
     */
    public static void removeRefused(Path segment) throws SegmentException {
        try {
            Files.deleteIfExists(of(segment));
        } catch (IOException e) {
            throw new SegmentException("Cannot remove " + of(segment) + ": " + e, e);
        }
    }
}
