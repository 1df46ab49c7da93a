package io.coppice.ops.manifest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Collects what is wrong, so that all of it is told at once. One thread. */
final class Problems {
    private static final int SHOWN_CHARS = 60;

    private final String file;
    private final Set<ManifestError> errors = new LinkedHashSet<>();
    private final Set<Position> unknown = new HashSet<>();
    private final List<String> warnings = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    /** {@code what, expected EXPECTED}. */
    void add(Position at, String key, String what, String expected) {
        addText(at, key, what + ", expected " + expected);
    }

    /** {@code what, expected EXPECTED; HINT}; an empty hint is left out. */
    void add(Position at, String key, String what, String expected, String hint) {
        addText(at, key, what + ", expected " + expected + (hint.isEmpty() ? "" : "; " + hint));
    }

    void add(Located<?> located, String what, String expected, String hint) {
        add(located.at(), located.path(), what, expected, hint);
    }

    void addText(Position at, String key, String message) {
        if (!unknown.contains(at)) {
            errors.add(new ManifestError(file, at.line(), at.column(), printable(key), message));
        }
    }

    /** Like {@link #addText}; and nothing else can be said of what stands there, so that what is said later is dropped. */
    void addUnknown(Position at, String message) {
        addUnknown(at, "", message);
    }

    /** The same for the value of a key. */
    void addUnknown(Position at, String key, String message) {
        addText(at, key, message);
        unknown.add(at);
    }

    /** For what stands in a file that the manifest names by this key. */
    void addInOtherFile(String otherFile, int line, int column, String key, String message) {
        errors.add(new ManifestError(otherFile, line, column, printable(key), message));
    }

    /** For what is not in the file: an option or a variable. */
    void addElsewhere(String source, String message) {
        errors.add(new ManifestError(source, 0, 0, "", message));
    }

    void addUnknownKey(YamlNode.Entry entry, String path, String whose, List<String> keys, String hint) {
        // With a good guess the list of all keys would only hide it.
        String expected = hint.isEmpty() ? "a key " + whose + ": " + String.join(", ", keys) : "a key " + whose;
        add(entry.key().at(), path, "unknown key", expected, hint);
    }

    void warn(Position at, String key, String message) {
        String warning =
                new ManifestError(file, at.line(), at.column(), printable(key), "warning: " + message).toString();
        if (!warnings.contains(warning)) { // one for all replicas
            warnings.add(warning);
        }
    }

    boolean isEmpty() {
        return errors.isEmpty();
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** In the order of the file; what belongs to no line comes first, what stands in other files last. */
    List<ManifestError> inFileOrder() {
        return errors.stream()
                .sorted(Comparator.comparing((ManifestError error) ->
                                error.line() > 0 ? error.file().equals(file) ? "" : error.file() : "")
                        .thenComparingInt(ManifestError::line)
                        .thenComparingInt(ManifestError::column))
                .toList();
    }

    /** A value from outside, in backquotes, safe for a terminal and cut to a readable length. */
    static String quoted(String text) {
        String cut = text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
        return "`" + printable(cut) + "`";
    }

    private static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                printable.append("\\n");
            } else if (Character.isISOControl(c)) {
                printable.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                printable.append(c);
            }
        }
        return printable.toString();
    }
}
