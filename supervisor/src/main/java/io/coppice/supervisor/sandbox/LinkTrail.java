package io.coppice.supervisor.sandbox;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Follows paths as the kernel does, and keeps the symbolic links on the way: whoever could replace one of these would lead the next that
 * follows it elsewhere. Looks at each name once. One thread, which may block.
 */
final class LinkTrail {
    /** Of one path: MAXSYMLINKS of the kernel, path_resolution(7). */
    private static final int MOST_LINKS = 40;

    private static final Path TOP = Path.of("/");

    private final Set<Path> links = new TreeSet<>();
    private final Map<Path, Optional<Path>> targets = new HashMap<>();

    /** Each with the real path of the directory that it is in. */
    Set<Path> links() {
        return links;
    }

    /**
     * Where a path leads.
     *
     * @param path absolute
     * @return without symbolic links, as far as it is there
     * @throws IOException if it leads nowhere
     */
    Path follow(Path path) throws IOException {
        Deque<Path> names = new ArrayDeque<>();
        push(path, names);
        Path real = TOP;
        int followed = 0;
        while (!names.isEmpty()) {
            String name = names.pop().toString();
            if (name.equals("..")) {
                Path parent = real.getParent();
                real = parent == null ? TOP : parent;
            } else if (!name.equals(".") && !name.isEmpty()) {
                Path next = real.resolve(name);
                Optional<Path> target = target(next);
                if (target.isPresent()) {
                    if (++followed > MOST_LINKS) {
                        throw new FileSystemLoopException(path.toString());
                    }
                    links.add(next);
                    push(target.get(), names);
                    real = target.get().isAbsolute() ? TOP : real;
                } else {
                    real = next;
                }
            }
        }
        return real;
    }

    private Optional<Path> target(Path path) throws IOException {
        Optional<Path> known = targets.get(path);
        if (known == null) {
            known = Files.isSymbolicLink(path) ? Optional.of(Files.readSymbolicLink(path)) : Optional.empty();
            targets.put(path, known);
        }
        return known;
    }

    private static void push(Path path, Deque<Path> names) {
        for (int i = path.getNameCount() - 1; i >= 0; i--) {
            names.push(path.getName(i));
        }
    }
}
