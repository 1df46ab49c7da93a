package io.coppice.ops.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The private directory of one demo: its manifest, gate, generated input, and what its processes said. */
final class DemoFolder {
    private static final String PREFIX = "coppice-demo-";

    private final Path path;

    private DemoFolder(Path path) {
        this.path = path;
    }

    /** Creates it among the temporary files, for this user only. */
    static DemoFolder create() throws IOException {
        return create(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** Creates it, under a name of its own, in a directory that exists. */
    static DemoFolder create(Path parent) throws IOException {
        return new DemoFolder(Files.createTempDirectory(parent, PREFIX).toRealPath());
    }

    /**
     * One that another process has created.
     *
     * @throws IOException if there is none; what it is called is looked at, too, since it is going to be removed
     */
    static DemoFolder existing(Path path) throws IOException {
        if (!String.valueOf(path.getFileName()).startsWith(PREFIX)
                || !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(path + " is no folder of a demo");
        }
        return new DemoFolder(path.toRealPath());
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

    /** See {@link RootRecord}. */
    Path rootRecord() {
        return path.resolve("root.pid");
    }

    Path counts() {
        return path.resolve("counts.tsv");
    }

    Path purgeLog() {
        return path.resolve("purge.log");
    }

    /**
     * Reduces it to what tells why a demo failed: its manifest, what was said, the counts if it came so far. What is large
     * and can be had again is not kept.
     *
     * @param logs directory of the daemon's log, of which a copy is kept
     */
    void keepArtefacts(Path logs) throws IOException {
        for (Path file : List.of(text(), gate(), rootRecord(), purgeLog())) {
            Files.deleteIfExists(file);
        }
        try (Stream<Path> files = Files.isDirectory(logs) ? Files.list(logs) : Stream.empty()) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, path.resolve(String.valueOf(file.getFileName())));
            }
        }
    }

    /** Names of the files in it, sorted; empty if it is gone. */
    List<String> names() throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    /** Removes it and all that is in it. */
    void remove() throws IOException {
        List<Path> doomed = new ArrayList<>();
        try (Stream<Path> files = Files.walk(path)) {
            files.sorted(Comparator.reverseOrder()).forEach(doomed::add);
        }
        for (Path file : doomed) {
            Files.deleteIfExists(file);
        }
    }
}
