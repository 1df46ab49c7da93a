package io.coppice.supervisor.root;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * This JVM's class path with each directory packed into a jar, as a root has it: a jar stays open, while a class in a
 * directory needs a descriptor of its own at the moment when it is first used.
 */
final class ClassPath {
    private static final String JARS = pack(System.getProperty("java.class.path"));

    private ClassPath() {}

    static String ofJars() {
        return JARS;
    }

    private static String pack(String classPath) {
        List<String> entries = new ArrayList<>();
        try {
            for (String entry : classPath.split(File.pathSeparator, -1)) {
                entries.add(Files.isDirectory(Path.of(entry)) ? jarOf(Path.of(entry)) : entry);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return String.join(File.pathSeparator, entries);
    }

    private static String jarOf(Path directory) throws IOException {
        Path jar = Files.createTempFile("coppice-test-classes", ".jar");
        jar.toFile().deleteOnExit();
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> files = Files.walk(directory)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(directory.relativize(each).toString()));
                Files.copy(each, out);
            }
        }
        return jar.toString();
    }
}
