package io.coppice.supervisor.sandbox;

import io.coppice.supervisor.os.KernelGap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the root of an instance has found that sandboxes do not keep from workers here, in a file of the instance's directory: one line each,
 * for people. It is there only where workers are in sandboxes. Written by the root when it starts; read by commands.
 */
public final class SandboxRecord {
    /** Its name. */
    public static final String FILE_NAME = "sandbox";

    private static final int MOST_LINES = 16;

    private final Path file;

    /** @param directory of the instance */
    public SandboxRecord(Path directory) {
        this.file = directory.resolve(FILE_NAME);
    }

    /** The lines; none also where no root has written any. */
    public List<String> gaps() {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.limit(MOST_LINES).toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // There is none, or it is not for this reader.
        }
    }

    /** Whole or not at all. */
    public void write(Set<KernelGap> gaps) throws IOException {
        Path unfinished = file.resolveSibling(FILE_NAME + ".new");
        Files.deleteIfExists(unfinished);
        Files.createFile(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(unfinished, gaps.stream().map(KernelGap::text).toList());
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
