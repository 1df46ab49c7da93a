package io.coppice.ops.hosted;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The private directory of one hosted instance: its manifest, what its command keeps there, and what its processes said. */
public final class HostedFolder {
    private static final String PREFIX = "coppice-";

    private final Path path;

    private HostedFolder(Path path) {
        this.path = path;
    }

    /**
     * Creates it among the temporary files, for this user only.
     *
     * @param command that hosts the instance; part of the folder's name
     */
    static HostedFolder create(String command) throws IOException {
        return create(Path.of(System.getProperty("java.io.tmpdir")), command);
    }

    /** Creates it, under a name of its own, in a directory that exists. */
    public static HostedFolder create(Path parent, String command) throws IOException {
        return new HostedFolder(
                Files.createTempDirectory(parent, PREFIX + command + "-").toRealPath());
    }

    /**
     * One that another process has created.
     *
     * @throws IOException if it is none; what it is called is looked at, too, since it is going to be removed
     */
    static HostedFolder existing(Path path) throws IOException {
        if (!String.valueOf(path.getFileName()).startsWith(PREFIX)
                || !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(path + " is no folder of a hosted instance");
        }
        return new HostedFolder(path.toRealPath());
    }

    /** Lets users pass who know the name of a file in it, which has a mode of its own. */
    void openToWorkers() throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
    }

    /** Its absolute path. */
    public Path path() {
        return path;
    }

    /** A file in it, there or not. */
    public Path file(String name) {
        return path.resolve(name);
    }

    /** What the root is started with. */
    public Path manifest() {
        return file("manifest.yaml");
    }

    Path rootLog() {
        return file("root.log");
    }

    /** See {@link RootRecord}. */
    Path rootRecord() {
        return file("root.pid");
    }

    /** That of the root before, where one has been killed and followed by another. */
    Path formerRootRecord() {
        return file("former-root.pid");
    }

    Path purgeLog() {
        return file("purge.log");
    }

    /**
     * Reduces it to what tells why a command failed: its manifest, what was said, what was found.
     *
     * @param logs directory of the daemons' logs, of which copies are kept
     * @param bulky names of what is large, or of no use afterwards, and can be had again
     */
    void keepArtefacts(Path logs, List<String> bulky) throws IOException {
        Files.deleteIfExists(rootRecord());
        Files.deleteIfExists(formerRootRecord());
        Files.deleteIfExists(purgeLog());
        for (String name : bulky) {
            Files.deleteIfExists(file(name));
        }
        try (Stream<Path> files = Files.isDirectory(logs) ? Files.list(logs) : Stream.empty()) {
            for (Path log : files.filter(Files::isRegularFile).toList()) {
                Files.copy(log, file(String.valueOf(log.getFileName())));
            }
        }
    }

    /** Names of the files in it, sorted; empty if it is gone. */
    public List<String> names() throws IOException {
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
    public void remove() throws IOException {
        List<Path> doomed = new ArrayList<>();
        try (Stream<Path> files = Files.walk(path)) {
            files.sorted(Comparator.reverseOrder()).forEach(doomed::add);
        }
        for (Path file : doomed) {
            Files.deleteIfExists(file);
        }
    }
}
