package io.coppice.supervisor.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** A program that stands in for a worker: told {@code train}, it loads what it is made of and ends; else it says its word. */
final class Workshop {
    private static final String SOURCE = """
            public final class Stand {
                public static void main(String[] args) throws Exception {
                    java.io.BufferedReader in = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
                    boolean training = "train".equals(in.readLine());
                    String behaviour = System.getProperty("behaviour", "");
                    if (training && behaviour.equals("hangs")) {
                        Thread.sleep(1_000_000);
                    }
                    if (training && behaviour.equals("fails")) {
                        System.out.println("something is missing");
                        System.exit(3);
                    }
                    System.out.println(Word.word());
                }
            }
            """;

    private final Path directory;

    Workshop(Path directory) {
        this.directory = directory;
    }

    Path cache() {
        return directory.resolve("cache");
    }

    /** A jar of the program with this word; two with words of one length are of one length. */
    Path jar(String name, String word) throws IOException {
        return jar(name, word, null);
    }

    Path jar(String name, String word, @Nullable String behindIt) throws IOException {
        Path sources = Files.createDirectories(directory.resolve("sources"));
        Path classes = Files.createDirectories(directory.resolve("classes"));
        Files.writeString(sources.resolve("Stand.java"), SOURCE);
        Files.writeString(
                sources.resolve("Word.java"),
                "final class Word { static String word() { return \"" + word + "\"; } }\n");
        int compiled = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler())
                .run(
                        null,
                        null,
                        null,
                        "-d",
                        classes.toString(),
                        sources.resolve("Stand.java").toString(),
                        sources.resolve("Word.java").toString());
        assertEquals(0, compiled);
        Path jar = directory.resolve(name);
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (behindIt != null) {
            manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, behindIt);
        }
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out, manifest)) {
            for (String type : List.of("Stand.class", "Word.class")) {
                byte[] bytes = Files.readAllBytes(classes.resolve(type));
                CRC32 crc = new CRC32();
                crc.update(bytes);
                JarEntry entry = new JarEntry(type);
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(bytes.length);
                entry.setCrc(crc.getValue());
                entry.setLastModifiedTime(FileTime.from(1_000_000_000, TimeUnit.SECONDS));
                entries.putNextEntry(entry);
                entries.write(bytes);
                entries.closeEntry();
            }
        }
        Files.setLastModifiedTime(jar, FileTime.from(1_000_000_000, TimeUnit.SECONDS));
        return jar;
    }

    /** A worker's command line, as far as archives are concerned. */
    List<String> argv(List<String> options, Path... classPath) {
        List<String> argv = new ArrayList<>();
        argv.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        argv.addAll(List.of("-Xms16m", "-Xmx16m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        argv.addAll(options);
        argv.add("-cp");
        argv.add(
                String.join(":", List.of(classPath).stream().map(Path::toString).toList()));
        argv.addAll(List.of("Stand", "--name", "stand", "--main", "Word", "--", "-cp", "--main"));
        return argv;
    }

    ArchiveDirectory open() throws IOException {
        return ArchiveDirectory.open(cache(), ownUid(), false);
    }

    static int ownUid() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    static JdkRelease jdk() throws IOException {
        return JdkRelease.of(Path.of(System.getProperty("java.home"), "bin/java"));
    }

    Archiver archiver(List<String> argv) throws IOException {
        return archiver(argv, new Archiver.Limits(300_000, 300_000, 512L << 20));
    }

    Archiver archiver(List<String> argv, Archiver.Limits limits) throws IOException {
        return new Archiver(
                open(),
                LaunchProfile.of(argv),
                jdk(),
                new Training.Conditions(Maker.OWN_USER, Restricted.NOT, System.getenv(), directory),
                limits);
    }

    /** A launch of it: what was found, and what it was started with. */
    record Launched(ArchivedLaunch.Outcome outcome, List<String> argv) {
        boolean used() {
            return outcome instanceof ArchivedLaunch.Outcome.Used;
        }

        boolean wanted() {
            return outcome instanceof ArchivedLaunch.Outcome.Wanted;
        }

        String identity() {
            return ((ArchivedLaunch.Outcome.Used) outcome).identity();
        }

        /** All that it says, on both streams. */
        String output() throws IOException, InterruptedException {
            Process process = new ProcessBuilder(argv).redirectErrorStream(true).start();
            try (OutputStream in = process.getOutputStream()) {
                in.write("go\n".getBytes(StandardCharsets.US_ASCII));
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue(), output);
            return output.strip();
        }
    }

    Launched launch(List<String> argv) throws IOException {
        return launch(argv, null);
    }

    Launched launch(List<String> argv, @Nullable String refused) throws IOException {
        ArchivedLaunch launch =
                new ArchivedLaunch(open(), Maker.OWN_USER, refused == null ? Set.of() : Set.of(refused));
        List<String> prepared = launch.prepare(argv);
        return new Launched(launch.outcome(), prepared);
    }

    /** Names in the cache that end so. */
    List<Path> cached(String suffix) throws IOException {
        try (var files = Files.list(cache())) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }
}
