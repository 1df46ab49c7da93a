package io.coppice.supervisor.sandbox;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a class path has besides, as manifests of jars in it say, and of those in turn. A manifest is read again when its jar is another file. A jar
 * that cannot be read has none: that is for the JVM to tell that loads it. One thread at a time, which may block.
 */
final class JarsBehindJars {
    /** Of one look; what is behind further jars is not known. */
    static final int MOST_JARS = 4096;

    private static final String JARS = "*.{jar,JAR}";

    private record Known(Stamp stamp, List<Path> classPath) {}

    private final Map<Path, Known> known = new HashMap<>();

    /**
     * Looks at jars, and at those in directories.
     *
     * @param classPath absolute paths, as they are named
     * @return absolute paths of what is there
     */
    Set<Path> of(Set<Path> classPath) {
        Set<Path> found = new TreeSet<>();
        Set<Path> seen = new TreeSet<>();
        Deque<Path> todo = new ArrayDeque<>();
        classPath.forEach(path -> addJars(path, todo));
        while (!todo.isEmpty() && seen.size() < MOST_JARS) {
            Path jar = todo.pop();
            if (seen.add(jar)) {
                for (Path next : classPathOf(jar)) {
                    if (next.getNameCount() > 0 && Files.exists(next) && found.add(next)) {
                        addJars(next, todo);
                    }
                }
            }
        }
        known.keySet().retainAll(seen);
        return found;
    }

    private static void addJars(Path path, Deque<Path> jars) {
        if (!Files.isDirectory(path)) {
            jars.add(path);
            return;
        }
        // As LIB/* has them.
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path, JARS)) {
            for (Path entry : entries) {
                if (jars.size() >= MOST_JARS) {
                    return;
                }
                jars.add(entry);
            }
        } catch (IOException | DirectoryIteratorException e) {
            return; // Whoever may not list it finds no jars in it.
        }
    }

    private List<Path> classPathOf(Path jar) {
        try {
            // Relative to where it is, and not to links to it, as a JVM has it.
            Path real = jar.toRealPath();
            Stamp stamp = Stamp.of(real);
            Known before = known.get(jar);
            if (before == null || !before.stamp().equals(stamp)) {
                before = new Known(stamp, read(real));
                known.put(jar, before);
            }
            return before.classPath();
        } catch (IOException e) {
            return List.of(); // It is not there.
        }
    }

    private static List<Path> read(Path jar) {
        try {
            return JarManifest.classPathOf(jar);
        } catch (IOException e) {
            return List.of();
        }
    }
}
