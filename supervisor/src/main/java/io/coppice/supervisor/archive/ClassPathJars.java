package io.coppice.supervisor.archive;

import io.coppice.supervisor.sandbox.JarManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
            for (Path next : JarManifest.classPathOf(jar)) {
                if (Files.exists(next) && !classPath.contains(next.toString())) {
                    throw new NotArchivableException(
                            "the manifest of " + jar + " brings in " + next + "; name it in `classpath` as well");
                }
            }
        }
    }
}
