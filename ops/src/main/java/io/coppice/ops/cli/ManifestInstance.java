package io.coppice.ops.cli;

import io.coppice.ops.view.InstanceName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The instance that the manifest of a directory names: its {@code instance} key, else the file's name without extension.
 *
 * <p>Clients look for that one line instead of loading a YAML reader, which would double the time of a {@code status}. A
 * manifest that writes the key in another way than one plain line is for {@code --instance}.
 */
final class ManifestInstance {
    static final String FILE = "coppice.yaml";

    private static final int MAX_BYTES = 256 * 1024;
    private static final String KEY = "instance:";

    private ManifestInstance() {}

    static Optional<String> in(Path directory) {
        return of(directory.resolve(FILE));
    }

    /** Of a manifest anywhere; empty if it cannot be read. */
    static Optional<String> of(Path manifest) {
        return text(manifest)
                .map(text -> key(text).orElseGet(() -> nameOf(manifest)))
                .filter(InstanceName::isValid);
    }

    /** What the key says; empty without it, or if the manifest cannot be read. */
    static Optional<String> declaredIn(Path manifest) {
        return text(manifest).flatMap(ManifestInstance::key).filter(InstanceName::isValid);
    }

    private static Optional<String> key(String text) {
        return text.lines()
                .filter(line -> line.startsWith(KEY))
                .findFirst()
                .map(line -> value(line.substring(KEY.length())));
    }

    private static Optional<String> text(Path manifest) {
        if (!Files.isRegularFile(manifest)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(manifest)) {
            return Optional.of(new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Optional.empty(); // A manifest that we may not read is not ours to go by.
        }
    }

    private static String nameOf(Path manifest) {
        String name = String.valueOf(manifest.getFileName());
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? name : name.substring(0, dot);
    }

    private static String value(String afterKey) {
        int comment = afterKey.indexOf(" #");
        String value = (comment < 0 ? afterKey : afterKey.substring(0, comment)).strip();
        boolean quoted = value.length() >= 2
                && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                && value.charAt(value.length() - 1) == value.charAt(0);
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
