package io.coppice.supervisor.root;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A second name of a file, in another directory of the same file system: what a rule about a directory lets a process open, and nothing beside
 * it. Any thread; blocks on file operations only.
 */
final class LinkedFile {
    private static final String UNFINISHED = ".unfinished";

    private LinkedFile() {}

    /**
     * Makes {@code link} a name of the file that {@code file} is a name of, or none if there is no such file. At no moment is it the name of
     * anything else, or of nothing if it was a name before.
     *
     * @param file in a directory that nobody but the root changes
     * @param link likewise
     */
    static void follow(Path file, Path link) throws IOException {
        try {
            Files.createLink(link, file);
        } catch (NoSuchFileException e) {
            Files.deleteIfExists(link);
        } catch (FileAlreadyExistsException e) {
            if (!isSame(file, link)) {
                replace(file, link);
            }
        }
    }

    private static boolean isSame(Path file, Path link) throws IOException {
        try {
            return Files.isSameFile(file, link);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static void replace(Path file, Path link) throws IOException {
        Path unfinished = link.resolveSibling(link.getFileName() + UNFINISHED);
        try {
            Files.deleteIfExists(unfinished); // Of a root that died.
            Files.createLink(unfinished, file);
            Files.move(unfinished, link, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            Files.deleteIfExists(link); // It has gone meanwhile.
        }
    }
}
