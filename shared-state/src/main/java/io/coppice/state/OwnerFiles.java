package io.coppice.state;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * What the owner of a segment needs beside {@code NAME.seg}: its lock file, {@code NAME.lock} (0600), and its <em>own directory</em>,
 * {@code NAME.own} (0700), the only one in which it makes files: contents set aside, reports of faults. Whoever makes the segment makes
 * them, the owner only uses them: so an owner needs no right to make anything beside its segment.
 *
 * <p>The kernel's lock is on the file, not on its name. So a lock file is never replaced, nor made anew while an owner may live: the
 * new one would keep nobody out. Any process of the user who has the directory; blocks on file operations only.
 */
public final class OwnerFiles {
    private static final String SEGMENT_SUFFIX = ".seg";
    private static final String LOCK_SUFFIX = ".lock";
    private static final String DIRECTORY_SUFFIX = ".own";

    /** Given to another user at once; an own directory holds a handful, and an owner may have filled it. */
    private static final int MOST_GIVEN = 10_000;

    private OwnerFiles() {}

    /** The lock file of a segment. */
    public static Path lock(Path segment) {
        return beside(segment, LOCK_SUFFIX);
    }

    /** The own directory of a segment's owner. What is in there is no more to be trusted than the owner. */
    public static Path directory(Path segment) {
        return beside(segment, DIRECTORY_SUFFIX);
    }

    /** The same by the owner's name. */
    public static Path directory(Path segments, String name) {
        return segments.resolve(name + DIRECTORY_SUFFIX);
    }

    private static Path beside(Path segment, String suffix) {
        String name = String.valueOf(segment.getFileName());
        String base = name.endsWith(SEGMENT_SUFFIX) ? name.substring(0, name.length() - SEGMENT_SUFFIX.length()) : name;
        return segment.resolveSibling(base + suffix);
    }

    /**
     * Makes the lock file if there is none. Only while the segment has no owner.
     *
     * @return whether it was made just now
     * @throws SegmentException if something else is there, or it cannot be made
     */
    public static boolean makeLock(Path segment) throws SegmentException {
        Path file = lock(segment);
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return true;
        } catch (FileAlreadyExistsException e) {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
            throw new SegmentException("Cannot use " + file + " as the lock file of segment " + segment
                    + ": found no regular file, expected one or nothing. Move it away; it is made anew then.");
        } catch (IOException e) {
            throw new SegmentException("Cannot make the lock file " + file + " of segment " + segment + ": " + e, e);
        }
    }

    /**
     * Makes an own directory if there is none.
     *
     * @return whether it was made just now
     * @throws SegmentException if something else is there, or it cannot be made
     */
    public static boolean makeDirectory(Path directory) throws SegmentException {
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return true;
        } catch (FileAlreadyExistsException e) {
            if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
            throw new SegmentException(
                    "Cannot use " + directory + " as a segment owner's directory: found no directory,"
                            + " expected one or nothing. Move it away; it is made anew then.");
        } catch (IOException e) {
            throw new SegmentException("Cannot make the directory " + directory + " of a segment's owner: " + e, e);
        }
    }

    /** Whose a file or directory is, by number. */
    public static int userOf(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Keeps the owner out of an own directory that is another user's, until it is {@linkplain #giveDirectory given back}: what is done
     * there meanwhile can be led nowhere else. For a superuser; while no owner is at work.
     */
    public static void takeDirectory(Path directory) throws IOException {
        Path segments = directory.resolveSibling(".").normalize();
        // Whoever is in it already may do no more than others from then on.
        Files.setAttribute(directory, "unix:uid", userOf(segments), LinkOption.NOFOLLOW_LINKS);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }

    /**
     * Gives an own directory to another user, and the files in it: without them that user could not read what was set aside. Directories in it, and files that have
     * other names elsewhere, stay whose they are. For a superuser; while no owner is at work.
     *
     * @throws IOException if one cannot be given, or there are too many; nobody but this process's user can enter the directory then
     */
    public static void giveDirectory(Path directory, int user, int group) throws IOException {
        takeDirectory(directory);
        int looked = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (++looked > MOST_GIVEN) {
                    throw new IOException(directory + " holds more than " + MOST_GIVEN
                            + " files, expected a handful. Remove what is not the instance's.");
                }
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS)
                                .equals(1)) {
                    Files.setAttribute(file, "unix:gid", group, LinkOption.NOFOLLOW_LINKS);
                    Files.setAttribute(file, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
                }
            }
        }
        Files.setAttribute(directory, "unix:gid", group, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(directory, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
    }
}
