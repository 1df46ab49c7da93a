package io.coppice.ops.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * By which a bench tells a daemon what to do next: {@code NUMBER HOW-MANY}, replaced as a whole. The number grows.
 *
 * @param path of the file
 */
record OrdersFile(Path path) {
    void write(long number, int howMany) throws IOException {
        Path written = Files.writeString(path.resolveSibling(path.getFileName() + ".new"), number + " " + howMany);
        Files.move(written, path, StandardCopyOption.ATOMIC_MOVE);
    }
}
