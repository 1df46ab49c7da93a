package io.coppice.supervisor.archive;

import io.coppice.supervisor.os.RegularFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/** What the jars of a class path say of others. Opens them: not for a root. */
final class ClassPathJars {
    private ClassPathJars() {}

    /**
     * The {@code Class-Path} of a jar's manifest puts others behind it, and a launch, which opens no jar, would not notice that one of
     * those was replaced.
     */
    static void refuseOthersBehindThem(List<String> classPath) throws NotArchivableException, IOException {
        for (String entry : classPath) {
            Path jar = Path.of(entry);
            if (!Files.isRegularFile(jar)) {
                continue; // That is another obstacle, and told by its name.
            }
            for (String relative : classPathOf(jar)) {
                Path next = resolved(jar, relative);
                if (next != null && Files.exists(next) && !classPath.contains(next.toString())) {
                    throw new NotArchivableException(
                            "the manifest of " + jar + " brings in " + next + "; name it in `classpath` as well");
                }
            }
        }
    }

    private static List<String> classPathOf(Path jar) throws IOException {
        try (RegularFile held = RegularFile.open(jar);
                JarFile file = new JarFile(held.path().toFile(), false)) {
            Manifest manifest = file.getManifest();
            String names =
                    manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            return names == null ? List.of() : List.of(names.strip().split(" +"));
        }
    }

    private static @Nullable Path resolved(Path jar, String relative) {
        try {
            URI uri = jar.toUri().resolve(relative);
            return "file".equals(uri.getScheme()) ? Path.of(uri).normalize() : null;
        } catch (IllegalArgumentException e) {
            return null; // The JVM ignores what is no file, too.
        }
    }
}
