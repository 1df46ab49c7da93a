package io.coppice.worker.runtime;

import io.coppice.state.OwnerFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Removes scratch directories: of this process, and of those of its user that were killed. They are where everybody may make files, so
 * names lead elsewhere from one moment to the next, and what has such a name may be anybody's. So a directory is held open, and counts as
 * one only if it is the user's own and closed to all others; and what is in it is reached through what is held, and by no link. Where
 * the platform cannot do that nothing is removed.
 *
 * <p>Of one user a process in a sandbox can still put something else into the directory of another. That makes no more reachable, and
 * makes nobody wait. Main thread; blocks on file operations only.
 */
final class ScratchSweep {
    static final String PREFIX = "coppice-scratch-";
    static final String OWNER = "owner";

    /**
     * Looked at in all, in the parent and in directories. Others may make as many as they like, and a standby is of no use until it is
     * parked. A usual parent has some hundred entries, and a scratch directory ten. The entry that takes longest, a directory to be removed,
     * takes some 0.1 ms.
     */
    static final int MOST_ENTRIES = 2_000;

    private static final int OTHERS_MODE = 0077;

    private final int user;
    private int left = MOST_ENTRIES;

    /** @param user of this process, by number */
    ScratchSweep(int user) {
        this.user = user;
    }

    /**
     * Removes what dead processes of this user left.
     *
     * @param own this process's directory, which stays: a second descriptor of its lock file would drop the lock when it is closed
     * @throws IOException if the parent cannot be listed
     */
    void removeLeftOvers(Path parent, Path own) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent)) {
            for (Path entry : upToLimit(entries)) {
                if (String.valueOf(entry.getFileName()).startsWith(PREFIX) && !entry.equals(own)) {
                    removeIfLeftOver(entry);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /**
     * Removes a directory of this process's own.
     *
     * @param key the file key that it was made with
     * @throws IOException if something else has its name now, or it holds what no scratch directory does
     */
    void remove(Path directory, @Nullable Object key) throws IOException {
        left = MOST_ENTRIES;
        try (SecureDirectoryStream<Path> held = hold(directory)) {
            if (held == null || !Objects.equals(key, attributes(held, null).fileKey())) {
                throw new FileSystemException(directory.toString(), null, "is not what this process made");
            }
            removeAll(held);
        }
        Files.delete(directory);
    }

    /** What cannot be looked at or removed is another user's, or is being removed by another process, or is none of ours. */
    private void removeIfLeftOver(Path directory) {
        try (SecureDirectoryStream<Path> held = hold(directory)) {
            if (held != null && removeIfUnowned(held)) {
                Files.deleteIfExists(directory);
            }
        } catch (IOException | DirectoryIteratorException e) {
            return; // Nothing depends on it.
        }
    }

    /** Without an owner's file it is removed if it is empty, which {@code rmdir} sees to. */
    private boolean removeIfUnowned(SecureDirectoryStream<Path> held) throws IOException {
        Path lock = Path.of(OWNER);
        BasicFileAttributes attributes;
        try {
            attributes = attributes(held, lock);
        } catch (NoSuchFileException e) {
            return true;
        }
        if (!attributes.isRegularFile()) {
            return false;
        }
        // For reading as well: if it has become a pipe meanwhile, nobody waits for its other end.
        try (SeekableByteChannel channel = held.newByteChannel(
                lock, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS))) {
            if (!(channel instanceof FileChannel file) || file.tryLock() == null) {
                return false;
            }
            removeAll(held);
            return true;
        }
    }

    /** The owner's file last: without it nobody can tell that files in there are nobody's. */
    private void removeAll(SecureDirectoryStream<Path> held) throws IOException {
        boolean owned = false;
        for (Path entry : upToLimit(held)) {
            Path name = entry.getFileName();
            if (name.toString().equals(OWNER)) {
                owned = true;
            } else if (attributes(held, name).isDirectory()) {
                removeFolder(held, name);
            } else {
                held.deleteFile(name);
            }
        }
        if (left == 0) {
            throw new DirectoryNotEmptyException(OWNER); // Left to the next one.
        }
        if (owned) {
            held.deleteFile(Path.of(OWNER));
        }
    }

    /** The own directory of a segment's owner ({@link OwnerFiles}), which holds files only. */
    private void removeFolder(SecureDirectoryStream<Path> held, Path name) throws IOException {
        // By way of its dot, which a pipe does not have: opening one would wait. A link has, but not this key.
        try (SecureDirectoryStream<Path> folder = held.newDirectoryStream(name.resolve("."))) {
            BasicFileAttributes now = attributes(held, name);
            if (!now.isDirectory()
                    || !Objects.equals(now.fileKey(), attributes(folder, null).fileKey())) {
                throw new FileSystemException(name.toString(), null, "became something else");
            }
            for (Path entry : upToLimit(folder)) {
                folder.deleteFile(entry.getFileName());
            }
        }
        held.deleteDirectory(name);
    }

    /** Holds a directory that is the user's own and closed to all others; null if it is anything else. */
    @SuppressWarnings("StreamResourceLeak") // Closed here, or by who is given it.
    private @Nullable SecureDirectoryStream<Path> hold(Path directory) throws IOException {
        if (ownKey(directory) == null) {
            return null;
        }
        DirectoryStream<Path> stream = Files.newDirectoryStream(directory.resolve(".")); // As above.
        boolean given = false;
        try {
            // What is held keeps its number and its owner, whatever has its name.
            if (stream instanceof SecureDirectoryStream<Path> held
                    && Objects.equals(attributes(held, null).fileKey(), ownKey(directory))) {
                given = true;
                return held;
            }
            return null;
        } finally {
            if (!given) {
                stream.close();
            }
        }
    }

    /** The file key of what has this name now; null if that is no directory of the user's own. */
    private @Nullable Object ownKey(Path directory) throws IOException {
        Map<String, Object> now =
                Files.readAttributes(directory, "unix:uid,mode,isDirectory,fileKey", LinkOption.NOFOLLOW_LINKS);
        boolean own = Boolean.TRUE.equals(now.get("isDirectory"))
                && Integer.valueOf(user).equals(now.get("uid"))
                && now.get("mode") instanceof Integer mode
                && (mode & OTHERS_MODE) == 0;
        return own ? now.get("fileKey") : null;
    }

    /** @param name null for what is held itself */
    private static BasicFileAttributes attributes(SecureDirectoryStream<Path> held, @Nullable Path name)
            throws IOException {
        BasicFileAttributeView view = name == null
                ? held.getFileAttributeView(BasicFileAttributeView.class)
                : held.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        return view.readAttributes();
    }

    private Iterable<Path> upToLimit(DirectoryStream<Path> entries) {
        Iterator<Path> all = entries.iterator();
        return () -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                return left > 0 && all.hasNext();
            }

            @Override
            public Path next() {
                left--;
                return all.next();
            }
        };
    }
}
