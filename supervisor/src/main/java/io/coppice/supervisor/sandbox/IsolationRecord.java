package io.coppice.supervisor.sandbox;

import io.coppice.supervisor.os.KernelGap;
import io.coppice.supervisor.plan.Isolation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What keeps the workers of an instance apart, and what the root has found that it does not keep from them here, in a file of the instance's directory:
 * the mode, and a line for people for each gap. Written by the root when it starts; read by commands, also of those who may look at the instance and
 * not at its plan: whoever may pass through the directory may read this.
 */
public final class IsolationRecord {
    /** Its name. */
    public static final String FILE_NAME = "isolation";

    private static final int MOST_LINES = 17;

    private final Path file;

    /** @param directory of the instance */
    public IsolationRecord(Path directory) {
        this.file = directory.resolve(FILE_NAME);
    }

    /** The mode; empty where no root has written any, or one that this build does not know. */
    public Optional<Isolation> mode() {
        List<String> lines = lines();
        return lines.isEmpty()
                ? Optional.empty()
                : Arrays.stream(Isolation.values())
                        .filter(mode -> mode.text().equals(lines.get(0)))
                        .findFirst();
    }

    /** What is left open, a line each; none also where no root has written any. */
    public List<String> gaps() {
        return lines().stream().skip(1).toList();
    }

    private List<String> lines() {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.limit(MOST_LINES).toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // There is none, or it is not for this reader.
        }
    }

    /** Whole or not at all. */
    public void write(Isolation mode, Set<KernelGap> gaps) throws IOException {
        Path unfinished = file.resolveSibling(FILE_NAME + ".new");
        Files.deleteIfExists(unfinished);
        Files.createFile(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(
                unfinished,
                Stream.concat(Stream.of(mode.text()), gaps.stream().map(KernelGap::text))
                        .toList());
        Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
