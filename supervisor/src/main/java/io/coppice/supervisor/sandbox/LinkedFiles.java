package io.coppice.supervisor.sandbox;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a directory has as symbolic links to elsewhere, as Debian's JDKs have their configuration: the links on the way, what they lead to, and
 * what that has as links in turn. One walk; the thread may block.
 */
final class LinkedFiles extends SimpleFileVisitor<Path> {
    /** Of one walk. A JDK has less than a thousand files; a checkout some ten thousand. */
    static final int MOST_FILES = 100_000;

    /** What is in there nobody starts from, and there is no end of it. */
    private static final Set<Path> OF_THE_KERNEL = Set.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"));

    private final Path top;
    private final LinkTrail trail = new LinkTrail();
    private final Set<Path> found = new TreeSet<>();
    private final Set<Path> seen = new HashSet<>();
    private final Deque<Path> todo = new ArrayDeque<>();
    private int files;

    private LinkedFiles(Path top) {
        this.top = top;
    }

    /**
     * Those of a directory.
     *
     * @param top its real path
     * @return real paths, none of them below {@code top}
     * @throws IOException if there are more files than {@link #MOST_FILES}
     */
    static Set<Path> of(Path top) throws IOException {
        LinkedFiles files = new LinkedFiles(top);
        files.todo.add(top);
        while (!files.todo.isEmpty()) {
            Path next = files.todo.pop();
            if (!files.seen.contains(next)) {
                Files.walkFileTree(next, files);
            }
        }
        files.found.addAll(files.trail.links());
        files.found.removeIf(path -> path.startsWith(top));
        return files.found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
        count();
        return seen.add(directory) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        count();
        if (attributes.isSymbolicLink()) {
            follow(file);
        }
        return FileVisitResult.CONTINUE;
    }

    private void follow(Path link) {
        Path real;
        try {
            real = trail.follow(link);
        } catch (IOException e) {
            return; // It leads nowhere, and nobody starts from it.
        }
        if (real.getNameCount() == 0 || OF_THE_KERNEL.stream().anyMatch(real::startsWith)) {
            return;
        }
        found.add(real);
        if (Files.isDirectory(real)) {
            todo.add(real);
        }
    }

    /** What we may not look at, or is gone meanwhile. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
        return FileVisitResult.CONTINUE;
    }

    private void count() throws TooManyFilesException {
        if (++files > MOST_FILES) {
            throw new TooManyFilesException(top);
        }
    }
}
