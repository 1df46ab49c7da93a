package io.coppice.ops.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a manifest and compiles it: the way into this package. */
public final class ManifestReader {
    /** Longest manifest. */
    public static final int MAX_MANIFEST_BYTES = 1 << 20;

    private ManifestReader() {}

    /**
     * Reads the file, checks everything that can be checked without starting anything, and makes the plan. Blocks on
     * files; creates, locks and loads nothing.
     *
     * @param file the manifest; errors name it as it is given here
     * @return what to run, or everything that is wrong; an unreadable file is an error like others
     */
    public static ManifestResult read(Path file, CompileOptions options) {
        Problems problems = new Problems(file.toString());
        ManifestResult.Compiled compiled = null;
        try {
            String text = text(file, problems);
            YamlNode root = text == null ? null : YamlText.parse(text, problems);
            if (root != null) {
                ReplicaValues values =
                        new ReplicaValues(root, options.surroundings().environment(), problems);
                Manifest manifest = new ManifestParser(problems).parse(values.tree());
                compiled = new PlanCompiler(manifest, values, file, options, problems).compile();
            }
        } catch (InvalidPathException e) {
            problems.add(
                    Position.WHOLE_FILE,
                    "",
                    "the path " + Problems.quoted(e.getInput()) + " cannot be expressed in this locale",
                    "a locale with UTF-8",
                    "set LC_ALL=C.UTF-8");
        } catch (IOException e) {
            problems.addText(Position.WHOLE_FILE, "", "cannot be checked: " + e.getMessage());
        }
        return compiled != null && problems.isEmpty() ? compiled : new ManifestResult.Refused(problems.inFileOrder());
    }

    private static @Nullable String text(Path file, Problems problems) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_MANIFEST_BYTES + 1);
        } catch (NoSuchFileException e) {
            problems.add(Position.WHOLE_FILE, "", "does not exist", "a manifest", "name it with -f FILE");
            return null;
        } catch (IOException e) {
            boolean directory = Files.isDirectory(file);
            problems.add(
                    Position.WHOLE_FILE,
                    "",
                    directory ? "is a directory" : "cannot be read (" + e + ")",
                    "a manifest",
                    directory && Files.exists(file.resolve("coppice.yaml"))
                            ? Suggestion.didYouMean(file.resolve("coppice.yaml").toString())
                            : "");
            return null;
        }
        if (bytes.length > MAX_MANIFEST_BYTES) {
            problems.add(
                    Position.WHOLE_FILE,
                    "",
                    "longer than " + Quantity.size(MAX_MANIFEST_BYTES),
                    "a manifest of at most that");
            return null;
        }
        return decoded(bytes, problems);
    }

    private static @Nullable String decoded(byte[] bytes, Problems problems) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
            int column = text.length() - text.lastIndexOf('\n');
            problems.add(
                    new Position(line, column),
                    "",
                    String.format(java.util.Locale.ROOT, "the byte 0x%02x is not UTF-8 here", bytes[in.position()]),
                    "text in UTF-8");
            return null;
        }
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }
}
