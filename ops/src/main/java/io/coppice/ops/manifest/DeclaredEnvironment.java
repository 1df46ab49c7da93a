package io.coppice.ops.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The variables that a manifest declares for a daemon: those of its {@code env_file}s, in their order, below those of
 * {@code environment}. A file is read once, so that all daemons that name it see the same, and what is wrong in it is told once.
 */
final class DeclaredEnvironment {
    private static final int MAX_FILE_BYTES = ManifestReader.MAX_MANIFEST_BYTES;

    private final ManifestFiles files;
    private final Problems problems;
    private final Map<Path, Map<String, String>> known = new HashMap<>();

    DeclaredEnvironment(ManifestFiles files, Problems problems) {
        this.files = files;
        this.problems = problems;
    }

    /** By name, each where it stands; one of a file stands where the manifest names the file. */
    Map<String, Located<String>> of(DaemonSpec daemon) {
        List<Located<String>> named = new ArrayList<>();
        Located<List<Located<String>>> shared = daemon.defaults().get(DaemonKeys.ENV_FILE);
        Located<List<Located<String>>> own = daemon.own().get(DaemonKeys.ENV_FILE);
        if (shared != null) {
            named.addAll(shared.value());
        }
        if (own != null) {
            named.addAll(own.value());
        }
        Map<String, Located<String>> environment = new LinkedHashMap<>();
        for (Located<String> file : named) {
            variablesOf(file)
                    .forEach((name, value) -> environment.put(name, new Located<>(value, file.at(), file.path())));
        }
        environment.putAll(daemon.environment());
        return environment;
    }

    private Map<String, String> variablesOf(Located<String> file) {
        Path path = files.existingFile(file, "a file of NAME=VALUE lines");
        if (path == null) {
            return Map.of();
        }
        Map<String, String> variables = known.get(path);
        if (variables == null) {
            variables = read(file, path);
            known.put(path, variables);
        }
        return variables;
    }

    private Map<String, String> read(Located<String> file, Path path) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(MAX_FILE_BYTES + 1);
        } catch (IOException e) {
            problems.add(file, Problems.quoted(file.value()) + " cannot be read (" + e + ")", "a readable file", "");
            return Map.of();
        }
        if (bytes.length > MAX_FILE_BYTES) {
            problems.add(
                    file,
                    Problems.quoted(file.value()) + " is longer than " + Quantity.size(MAX_FILE_BYTES),
                    "a file of NAME=VALUE lines",
                    "");
            return Map.of();
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            problems.add(file, Problems.quoted(file.value()) + " is not UTF-8", "text in UTF-8", "");
            return Map.of();
        }
        String shown = path.toString();
        return EnvFileText.read(
                text.startsWith("\ufeff") ? text.substring(1) : text,
                (line, column, message) -> problems.addInOtherFile(shown, line, column, file.path(), message));
    }
}
