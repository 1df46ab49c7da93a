package io.coppice.ops.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A directory of a bench's own, in memory where that is possible: nobody here survives more than the death of a process, so no disk
 * belongs into a figure. Closing removes it with all that is in it.
 */
record BenchDirectory(Path path) implements Closeable {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    static BenchDirectory create() throws IOException {
        return new BenchDirectory(
                Files.isDirectory(SHARED_MEMORY) && Files.isWritable(SHARED_MEMORY)
                        ? Files.createTempDirectory(SHARED_MEMORY, "coppice-bench")
                        : Files.createTempDirectory("coppice-bench"));
    }

    /** On disk, for programs: memory is often mounted so that none of it can be executed. */
    static BenchDirectory forPrograms() throws IOException {
        return new BenchDirectory(Files.createTempDirectory("coppice-bench"));
    }

    /** Gives it another mode than its maker's alone. */
    void openTo(Set<PosixFilePermission> mode) throws IOException {
        Files.setPosixFilePermissions(path, mode);
    }

    @Override
    public void close() throws IOException {
        if (Files.notExists(path)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
