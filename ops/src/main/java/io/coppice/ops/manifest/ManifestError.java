package io.coppice.ops.manifest;

/**
 * One thing that is wrong with a manifest. {@link #toString()} is the line to print.
 *
 * @param file the manifest as the caller named it, or what else is at fault, such as {@code --instance}
 * @param line from 1; 0 = the file as a whole
 * @param column from 1, in characters; 0 = the file as a whole
 * @param key the key path, such as {@code daemons.web.restart}; empty where no key is at fault
 * @param message what is wrong, what was expected and, where there is one, what to write instead; lines after the first
 *     are indented
 */
public record ManifestError(String file, int line, int column, String key, String message) {
    /** {@code FILE:LINE:COLUMN: KEY: MESSAGE}, without the parts that do not apply. */
    @Override
    public String toString() {
        return file + (line > 0 ? ":" + line + ":" + column : "") + (key.isEmpty() ? "" : ": " + key) + ": " + message;
    }
}
