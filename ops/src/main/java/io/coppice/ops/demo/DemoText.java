package io.coppice.ops.demo;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Text that is on every machine with a JDK, as much of it as wanted: the licences and release notes that came with this
 * JDK, its configuration, and the descriptions of its modules; over and over. The same JDK always gives the same bytes.
 */
final class DemoText {
    /** More than the memory that the demo's daemon has for heap and state together. */
    static final long LENGTH_BYTES = 64L << 20;

    /** Where a JDK keeps files meant to be read by people. A JDK may lack some; the module descriptions are always there. */
    private static final List<String> FOLDERS = List.of("legal", "conf");

    private static final List<String> FILES = List.of("release", "NOTICE", "README");

    private final Path javaHome;

    DemoText(Path javaHome) {
        this.javaHome = javaHome;
    }

    /**
     * Writes at least that many bytes, in whole rounds of the text.
     *
     * @return how many it wrote
     */
    long write(Path file, long leastBytes) throws IOException {
        byte[] round = oneRound();
        long written = 0;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            while (written < leastBytes) {
                out.write(round);
                written += round.length;
            }
        }
        return written;
    }

    byte[] oneRound() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream(1 << 20);
        for (String name : FILES) {
            append(javaHome.resolve(name), text);
        }
        for (String name : FOLDERS) {
            Path folder = javaHome.resolve(name);
            if (Files.isDirectory(folder)) {
                for (Path file : filesUnder(folder)) {
                    append(file, text);
                }
            }
        }
        for (ModuleDescriptor module : modules()) {
            text.write(describe(module).getBytes(StandardCharsets.UTF_8));
        }
        return text.toByteArray();
    }

    private static List<Path> filesUnder(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        }
    }

    /** Distributions link some of these files to places that a small installation leaves out. */
    private static void append(Path file, ByteArrayOutputStream text) throws IOException {
        if (Files.isRegularFile(file) && Files.isReadable(file)) {
            text.write(Files.readAllBytes(file));
            text.write('\n');
        }
    }

    private static List<ModuleDescriptor> modules() {
        return ModuleFinder.ofSystem().findAll().stream()
                .map(ModuleReference::descriptor)
                .sorted(Comparator.comparing(ModuleDescriptor::name))
                .toList();
    }

    /** Like the source of a module declaration; every set in order, since the JDK's own order differs from run to run. */
    private static String describe(ModuleDescriptor module) {
        StringBuilder text = new StringBuilder("module ").append(module.name()).append(" {\n");
        lines(text, "requires", module.requires().stream().map(ModuleDescriptor.Requires::name));
        lines(text, "exports", module.exports().stream().map(ModuleDescriptor.Exports::source));
        lines(text, "opens", module.opens().stream().map(ModuleDescriptor.Opens::source));
        lines(text, "uses", module.uses().stream());
        lines(text, "provides", module.provides().stream().map(ModuleDescriptor.Provides::service));
        lines(text, "package", module.packages().stream());
        return text.append("}\n").toString();
    }

    private static void lines(StringBuilder text, String word, Stream<String> names) {
        names.collect(java.util.stream.Collectors.toCollection(TreeSet::new))
                .forEach(name -> text.append("    ")
                        .append(word)
                        .append(' ')
                        .append(name)
                        .append(";\n"));
    }
}
