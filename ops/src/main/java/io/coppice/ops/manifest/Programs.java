package io.coppice.ops.manifest;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds out whether a program can be executed, before anything is started. */
final class Programs {
    /** What execvp and sh search without a PATH. */
    static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final ManifestFiles files;
    private final Problems problems;

    Programs(ManifestFiles files, Problems problems) {
        this.files = files;
        this.problems = problems;
    }

    /**
     * The program as it is to be executed: a bare name as it is, a path made absolute against the manifest's directory.
     * Null if there is none such, which has been told then.
     */
    @Nullable
    String resolve(Located<String> program, Map<String, String> environment) {
        if (program.value().indexOf('/') >= 0) {
            Path path = files.resolve(program);
            if (path == null) {
                return null;
            }
            if (Files.isDirectory(path) || !Files.isExecutable(path)) {
                problems.add(
                        program,
                        Problems.quoted(program.value())
                                + (Files.isDirectory(path)
                                        ? " is a directory"
                                        : Files.exists(path) ? " is not executable" : " does not exist")
                                + (program.value().startsWith("/") ? "" : " (looked at " + path + ")"),
                        "a program",
                        Files.isRegularFile(path) ? "chmod +x, or name its interpreter first" : "");
                return null;
            }
            return path.toString();
        }
        String searchPath = environment.getOrDefault("PATH", DEFAULT_PATH);
        if (find(program.value(), searchPath) != null) {
            return program.value();
        }
        String hint = program.value().indexOf(' ') > 0
                ? "a list holds one word per element; write a text to have /bin/sh split it"
                : Suggestion.didYouMean(Suggestion.near(program.value(), names(searchPath)));
        problems.add(
                program,
                "no program " + Problems.quoted(program.value()) + " on PATH (" + Problems.quoted(searchPath) + ")",
                "an installed program, or a path to one",
                hint);
        return null;
    }

    /** The path of the program of this name; null if there is none. */
    static @Nullable Path find(String name, String searchPath) {
        for (Path directory : directories(searchPath)) {
            Path candidate = child(directory, name);
            if (candidate != null && Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    private static Set<String> names(String searchPath) {
        Set<String> names = new TreeSet<>();
        for (Path directory : directories(searchPath)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
                children.forEach(child -> names.add(String.valueOf(child.getFileName())));
            } catch (IOException | DirectoryIteratorException e) {
                names.remove(""); // A directory of PATH that is not there has nothing to suggest.
            }
        }
        return names;
    }

    private static List<Path> directories(String searchPath) {
        List<Path> directories = new ArrayList<>();
        for (String directory : searchPath.split(":", -1)) {
            if (directory.startsWith("/")) {
                Path path = child(Path.of("/"), directory);
                if (path != null) {
                    directories.add(path);
                }
            }
        }
        return directories;
    }

    private static @Nullable Path child(Path directory, String name) {
        try {
            return directory.resolve(name);
        } catch (InvalidPathException e) {
            return null; // No file can have that name.
        }
    }
}
