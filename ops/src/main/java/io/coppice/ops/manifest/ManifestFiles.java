package io.coppice.ops.manifest;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** The files and directories that a manifest names, looked up relative to its own directory. */
final class ManifestFiles {
    private static final int MAX_MATCHES = 512;

    private final Path folder;
    private final Problems problems;

    /**
     * @param folder the manifest's own directory, absolute
     */
    ManifestFiles(Path folder, Problems problems) {
        this.folder = folder;
        this.problems = problems;
    }

    Path folder() {
        return folder;
    }

    /** The absolute path that a text of the manifest means; null if it is no path, which has been told then. */
    @Nullable
    Path resolve(Located<String> text) {
        try {
            return folder.resolve(text.value()).normalize();
        } catch (InvalidPathException e) {
            problems.add(
                    text,
                    Problems.quoted(text.value()) + " (" + e.getReason() + ")",
                    "a path",
                    "set LC_ALL=C.UTF-8 if it is not plain ASCII");
            return null;
        }
    }

    /** A directory that exists; null if not, which has been told then. */
    @Nullable
    Path existingDirectory(Located<String> text) {
        Path path = resolve(text);
        if (path == null || Files.isDirectory(path)) {
            return path;
        }
        problems.add(
                text,
                Problems.quoted(text.value())
                        + (Files.exists(path) ? " is not a directory" : " does not exist")
                        + lookedAt(text, path),
                "an existing directory",
                Suggestion.didYouMean(sibling(text, path, true)));
        return null;
    }

    /** A regular file that exists; null if not, which has been told then. */
    @Nullable
    Path existingFile(Located<String> text, String expected) {
        Path path = resolve(text);
        if (path == null || Files.isRegularFile(path)) {
            return path;
        }
        problems.add(
                text,
                Problems.quoted(text.value())
                        + (Files.isDirectory(path)
                                ? " is a directory"
                                : Files.exists(path) ? " is no regular file" : " does not exist")
                        + lookedAt(text, path),
                expected,
                Files.exists(path) ? "" : Suggestion.didYouMean(sibling(text, path, false)));
        return null;
    }

    /** Every entry of a class path, globs expanded in the order of names; what is missing has been told. */
    List<Path> classPath(List<Located<String>> entries) {
        List<Path> resolved = new ArrayList<>();
        for (Located<String> entry : entries) {
            if (entry.value().indexOf(':') >= 0) {
                problems.add(
                        entry, Problems.quoted(entry.value()) + " holds a `:`", "one jar or directory per element", "");
            } else if (isGlob(entry.value())) {
                expand(entry, resolved);
            } else {
                Path path = resolve(entry);
                if (path != null) {
                    addExisting(entry, path, resolved);
                }
            }
        }
        return resolved;
    }

    private void addExisting(Located<String> entry, Path path, List<Path> into) {
        if (Files.isDirectory(path)) {
            into.add(path);
        } else if (Files.exists(path)) {
            String fault = jarFault(path);
            if (fault == null) {
                into.add(path);
            } else {
                problems.add(
                        entry,
                        Problems.quoted(entry.value()) + " is neither a directory nor a readable jar (" + fault + ")",
                        "a jar or a directory of classes",
                        "");
            }
        } else {
            Path parent = path.getParent();
            String hint = parent != null && !Files.isDirectory(parent)
                    ? "there is no directory " + parent
                    : Suggestion.didYouMean(sibling(entry, path, false));
            problems.add(
                    entry,
                    Problems.quoted(entry.value()) + " does not exist" + lookedAt(entry, path),
                    "a jar or a directory of classes",
                    hint);
        }
    }

    private void expand(Located<String> entry, List<Path> into) {
        String pattern = entry.value();
        if (pattern.contains("**")) {
            problems.add(entry, Problems.quoted(pattern) + " holds `**`", "a glob within one directory", "");
            return;
        }
        List<Path> matches = new ArrayList<>();
        try {
            Path start = pattern.startsWith("/") ? Path.of("/") : folder;
            matches.add(start);
            for (String step : pattern.split("/+", -1)) {
                if (!step.isEmpty()) {
                    matches = stepInto(matches, step);
                }
            }
        } catch (PatternSyntaxException | InvalidPathException e) {
            // The whole message of a pattern has three lines, to point at the place.
            String reason = e instanceof PatternSyntaxException syntax
                    ? syntax.getDescription()
                    : String.valueOf(e.getMessage());
            problems.add(entry, Problems.quoted(pattern) + " (" + reason + ")", "a glob such as lib/*.jar", "");
            return;
        } catch (IOException e) {
            problems.add(entry, Problems.quoted(pattern) + " (" + e + ")", "readable directories", "");
            return;
        }
        if (pattern.equals("*") || pattern.endsWith("/*")) {
            // As with java's own `lib/*`: only jars count.
            matches.removeIf(match -> !match.toString().endsWith(".jar"));
        }
        if (matches.isEmpty()) {
            problems.add(
                    entry,
                    Problems.quoted(pattern) + " matches nothing" + (pattern.startsWith("/") ? "" : " in " + folder),
                    "at least one jar",
                    "");
        } else if (matches.size() > MAX_MATCHES) {
            problems.add(
                    entry,
                    Problems.quoted(pattern) + " matches " + matches.size() + " files",
                    "at most " + MAX_MATCHES,
                    "");
        } else {
            for (Path match : matches) {
                addExisting(new Located<>(match.toString(), entry.at(), entry.path()), match, into);
            }
        }
    }

    private static List<Path> stepInto(List<Path> parents, String step) throws IOException {
        List<Path> found = new ArrayList<>();
        if (!isGlob(step)) {
            for (Path parent : parents) {
                Path next = parent.resolve(step).normalize();
                if (Files.exists(next)) {
                    found.add(next);
                }
            }
            return found;
        }
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + step);
        for (Path parent : parents) {
            if (!Files.isDirectory(parent)) {
                continue;
            }
            List<Path> here = new ArrayList<>();
            try (DirectoryStream<Path> children = Files.newDirectoryStream(parent)) {
                for (Path child : children) {
                    Path name = child.getFileName();
                    boolean hidden = name.toString().startsWith(".") && !step.startsWith(".");
                    if (!hidden && matcher.matches(name)) {
                        here.add(child);
                    }
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
            // Directories list in no order; the class path must be the same each time.
            here.sort(null);
            found.addAll(here);
        }
        return found;
    }

    private static @Nullable String jarFault(Path file) {
        if (!Files.isReadable(file)) {
            return "no permission to read it";
        }
        if (!Files.isRegularFile(file)) {
            return "not a regular file";
        }
        try (ZipFile jar = new ZipFile(file.toFile())) {
            return jar.size() == 0 ? "it is empty" : null;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** A file of a similar name beside the missing one, written as the manifest wrote it; null if there is none. */
    private @Nullable String sibling(Located<String> text, Path missing, boolean directories) {
        Path parent = missing.getParent();
        Path missingName = missing.getFileName();
        if (parent == null || missingName == null || !Files.isDirectory(parent)) {
            return null;
        }
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(parent)) {
            for (Path child : children) {
                if (!directories || Files.isDirectory(child)) {
                    names.add(String.valueOf(child.getFileName()));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return null; // Only a suggestion is lost: the error itself is told by the caller.
        }
        names.sort(null);
        String near = Suggestion.near(missingName.toString(), names);
        if (near == null) {
            return null;
        }
        int slash = text.value().lastIndexOf('/');
        return text.value().substring(0, slash + 1) + near;
    }

    private static String lookedAt(Located<String> text, Path path) {
        return text.value().startsWith("/") ? "" : " (looked at " + path + ")";
    }

    private static boolean isGlob(String text) {
        return text.chars().anyMatch(c -> c == '*' || c == '?' || c == '[' || c == '{');
    }
}
