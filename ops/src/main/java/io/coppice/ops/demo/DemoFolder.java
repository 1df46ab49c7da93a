package io.coppice.ops.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The private directory of one demo: its manifest, gate, generated input, and what its processes said. */
final class DemoFolder {
    private final Path path;

    private DemoFolder(Path path) {
        this.path = path;
    }

    /** Creates it among the temporary files, for this user only. */
    static DemoFolder create() throws IOException {
        return new DemoFolder(Files.createTempDirectory("coppice-demo-").toRealPath());
    }

    Path path() {
        return path;
    }

    Path manifest() {
        return path.resolve("demo.yaml");
    }

    Path text() {
        return path.resolve("text");
    }

    Path gate() {
        return path.resolve("gate");
    }

    Path rootLog() {
        return path.resolve("root.log");
    }

    Path counts() {
        return path.resolve("counts.tsv");
    }

    /** Copies the files below a directory into one of that name here; what cannot be read is left out. */
    void keep(Path directory, String name) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        Path kept = path.resolve(name);
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file :
                    files.filter(Files::isRegularFile).filter(Files::isReadable).toList()) {
                Path target = kept.resolve(directory.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    /** Removes it and all that is in it. */
    void remove() throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
