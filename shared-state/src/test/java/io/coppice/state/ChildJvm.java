package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Child JVMs with the class path and flags of a worker, to be killed. They end by themselves if this JVM is killed. */
final class ChildJvm {
    private ChildJvm() {}

    /** The class path of a worker has chronicle-bytes and no jnr; its flags are those of FACTS' recipe. */
    static Process start(Path output, Class<?> main, String... arguments) throws IOException {
        return startUnder(List.of(), output, main, arguments);
    }

    /** @param under the words of a program that runs it */
    static Process startUnder(List<String> under, Path output, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(under);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "-Dslf4j.internal.verbosity=ERROR",
                "-Dbackground.releaser=false",
                "-Dsystem.properties=/dev/null"));
        if (Runtime.version().feature() >= 24) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of("-cp", workerClassPath(), ChildMain.class.getName(), main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        return builder.start();
    }

    private static String workerClassPath() {
        List<String> wanted = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> Files.isDirectory(Path.of(entry))
                        || entry.matches(".*/(chronicle-(core|bytes)|slf4j-api|junit-jupiter-api|opentest4j|"
                                + "junit-platform-commons|apiguardian-api|jspecify)-[^/]*\\.jar"))
                .toList();
        assertTrue(wanted.size() >= 4, () -> "class path " + wanted);
        return String.join(File.pathSeparator, wanted);
    }
}
