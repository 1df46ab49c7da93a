package io.coppice.ops.bench;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Other people's programs that a row needs, where they are installed. */
final class OutsidePrograms {
    private static final Pattern SEPARATOR = Pattern.compile(File.pathSeparator);

    private OutsidePrograms() {}

    /**
     * The first program of that name.
     *
     * @param path as the variable of that name
     */
    static Optional<Path> find(String program, String path) {
        return SEPARATOR
                .splitAsStream(path)
                .flatMap(directory -> directory.isEmpty() ? Stream.empty() : Stream.of(Path.of(directory)))
                .map(directory -> directory.resolve(program))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }
}
