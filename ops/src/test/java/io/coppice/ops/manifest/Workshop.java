package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ReplicaSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.objectweb.asm.Opcodes;

/**
 * A directory with what a manifest needs: {@code lib/shop.jar} with the daemons com.example.Ingest and com.example.Rates,
 * the worker's jar, and a machine of 64 GiB without cgroups or huge pages.
 */
final class Workshop {
    final Path folder;
    final Path base;
    final Path machine;
    final Path workerLib;
    final TreeMap<String, String> environment = new TreeMap<>();
    String instance;
    List<ReplicaSet> scaled = List.of();
    int javaFeature = Runtime.version().feature();
    long uid = Surroundings.ofThisProcess().uid();

    Workshop(Path temporary) throws IOException {
        folder = Files.createDirectories(temporary.resolve("shop"));
        base = temporary.resolve("instances");
        machine = temporary.resolve("machine");
        workerLib = temporary.resolve("worker-lib");
        new ClassJar()
                .daemon("com/example/Ingest")
                .daemon("com/example/Rates")
                .add(
                        "com/example/Plain",
                        Opcodes.V17,
                        Opcodes.ACC_PUBLIC,
                        "java/lang/Object",
                        Opcodes.ACC_PUBLIC,
                        "()V")
                .writeTo(folder.resolve("lib/shop.jar"));
        new ClassJar().interfaceOf(ClassJar.DAEMON).writeTo(workerLib.resolve("worker.jar"));
        new ClassJar().writeTo(temporary.resolve("worker-libc/libc.jar"));
        new ClassJar().writeTo(temporary.resolve("worker-agent/agent.jar"));
        system("/proc/meminfo", "MemTotal:       67108864 kB\nMemFree:        1 kB\n");
        environment.put("PATH", System.getenv("PATH"));
        environment.put("COPPICE_HOME_DIR", base.toString());
    }

    void system(String absolutePath, String text) throws IOException {
        Path file = machine.resolve(absolutePath.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    Surroundings surroundings() {
        return new Surroundings(environment, uid, "ada", folder.resolve("home"), machine);
    }

    CompileOptions options() {
        return new CompileOptions(
                instance,
                surroundings(),
                Path.of(System.getProperty("java.home")),
                javaFeature,
                workerLib,
                null,
                scaled);
    }

    ManifestResult read(String yaml) {
        return read(yaml.getBytes(StandardCharsets.UTF_8), "shop.yaml");
    }

    ManifestResult read(byte[] yaml, String fileName) {
        Path file = folder.resolve(fileName);
        try {
            Files.deleteIfExists(file); // A file that is truncated and written again is flushed to the disk by ext4.
            Files.write(file, yaml);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return ManifestReader.read(file, options());
    }

    ManifestResult.Compiled compiled(String yaml) {
        ManifestResult result = read(yaml);
        if (result instanceof ManifestResult.Compiled compiled) {
            return compiled;
        }
        return fail(String.join("\n", lines(result)));
    }

    /** The plan of the only daemon, or of the one that is called {@code it}. */
    ChildPlan child(String yaml) {
        List<ChildPlan> children = compiled(yaml).plan().children();
        return children.stream()
                .filter(child -> children.size() == 1 || child.name().equals("it"))
                .findFirst()
                .orElseThrow();
    }

    /** The printed errors, without the temporary directory. */
    List<String> errors(String yaml) {
        return lines(read(yaml));
    }

    /** Expects exactly one error. */
    String error(String yaml) {
        List<String> errors = errors(yaml);
        assertEquals(1, errors.size(), () -> String.join("\n", errors));
        return errors.get(0);
    }

    /** Expects these errors and no others, in the order of the file; those of no place in it are left out. */
    void assertErrors(String yaml, String... expected) {
        List<String> errors = errors(yaml).stream()
                .filter(error -> error.startsWith("shop.yaml:"))
                .map(error -> error.substring("shop.yaml:".length()).replace("looked at FOLDER/", "looked at "))
                .toList();
        assertEquals(String.join("\n", expected), String.join("\n", errors));
    }

    List<String> lines(ManifestResult result) {
        if (result instanceof ManifestResult.Refused refused) {
            return refused.errors().stream()
                    .map(error -> error.toString().replace(folder + "/", "").replace(folder.toString(), "FOLDER"))
                    .toList();
        }
        return List.of();
    }

    /** A manifest with one daemon {@code it} of class Ingest and these further lines below it. */
    static String daemonWith(String... lines) {
        return "daemons:\n  it:\n    main: com.example.Ingest\n    classpath: [lib/shop.jar]\n" + below(lines);
    }

    /** A manifest with one plain command {@code it} and these further lines below it. */
    static String commandWith(String... lines) {
        return "daemons:\n  it:\n    command: [sleep, \"60\"]\n" + below(lines);
    }

    private static String below(String... lines) {
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            text.append("    ").append(line).append('\n');
        }
        return text.toString();
    }
}
