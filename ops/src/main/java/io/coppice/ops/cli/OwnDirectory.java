package io.coppice.ops.cli;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Removes the directory in which a daemon's processes have made files, whatever they have made: no link is followed, names are resolved
 * inside directories that are held open, and of those there are three at most, however deep the tree is. What is in a directory below the
 * own one is moved up into that one before it is removed, so no depth needs a stack.
 */
final class OwnDirectory {
    private static final Pattern REPORT = Pattern.compile("hs_err_[0-9]+\\.log");

    private final SecureDirectoryStream<Path> parent;
    private final Path name;
    private final boolean reports;

    /**
     * Nothing is removed yet.
     *
     * @param parent holds it
     * @param name in there
     * @param reports whether reports of faults go, too; otherwise they stay, and the directory with them
     */
    OwnDirectory(SecureDirectoryStream<Path> parent, Path name, boolean reports) {
        this.parent = parent;
        this.name = name;
        this.reports = reports;
    }

    /** @throws IOException if something in there cannot be removed; what came before it is gone */
    void remove() throws IOException {
        while (removeFiles()) {
            // What was moved up is looked at in the next round: each is one level less deep.
        }
        try {
            parent.deleteDirectory(name);
        } catch (DirectoryNotEmptyException e) {
            if (reports) {
                throw e;
            }
        }
    }

    /** @return whether something was moved up, and has to be looked at */
    private boolean removeFiles() throws IOException {
        boolean moved = false;
        try (SecureDirectoryStream<Path> own = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            for (Path entry : own) {
                Path file = last(entry);
                if (isDirectory(own, file)) {
                    moved |= moveUp(own, file);
                    own.deleteDirectory(file);
                } else if (reports || !REPORT.matcher(file.toString()).matches()) {
                    own.deleteFile(file);
                }
            }
        }
        return moved;
    }

    /** Empties a directory: files are removed, directories are moved up. */
    private static boolean moveUp(SecureDirectoryStream<Path> own, Path directory) throws IOException {
        boolean moved = false;
        try (SecureDirectoryStream<Path> lower = own.newDirectoryStream(directory, LinkOption.NOFOLLOW_LINKS)) {
            for (Path entry : lower) {
                Path file = last(entry);
                if (isDirectory(lower, file)) {
                    lower.move(file, own, Path.of("." + UUID.randomUUID()));
                    moved = true;
                } else {
                    lower.deleteFile(file);
                }
            }
        }
        return moved;
    }

    private static Path last(Path entry) throws IOException {
        Path file = entry.getFileName();
        if (file == null) {
            throw new NoSuchFileException(entry.toString());
        }
        return file;
    }

    private static boolean isDirectory(SecureDirectoryStream<Path> stream, Path file) throws IOException {
        return stream.getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .isDirectory();
    }
}
