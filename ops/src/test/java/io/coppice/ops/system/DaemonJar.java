package io.coppice.ops.system;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** The test daemons, packed as a user would pack theirs: one jar with nothing of Coppice in it. */
final class DaemonJar {
    private static final Path JAR = build();

    private DaemonJar() {}

    static Path path() {
        return JAR;
    }

    private static Path build() {
        try {
            Path classes = Path.of(DaemonJar.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path jar = Files.createTempFile("coppice-test-daemons", ".jar");
            jar.toFile().deleteOnExit();
            try (OutputStream out = Files.newOutputStream(jar);
                    JarOutputStream entries = new JarOutputStream(out);
                    Stream<Path> files = Files.walk(classes.resolve("io/coppice/ops/system/daemons"))) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                    Files.copy(file, entries);
                    entries.closeEntry();
                }
            }
            return jar;
        } catch (IOException | java.net.URISyntaxException e) {
            throw new IllegalStateException("cannot pack the test daemons", e);
        }
    }
}
