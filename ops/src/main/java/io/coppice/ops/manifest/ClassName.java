package io.coppice.ops.manifest;

import org.jspecify.annotations.Nullable;

/** The binary name of a class. Whether there is such a class is another question, and asked later. */
final class ClassName {
    private static final String EXPECTED = "a class name such as com.example.Ingest";

    private ClassName() {}

    /** Reads the key {@code main}: a text that can name a class. */
    static @Nullable String read(YamlNode node, String path, Problems problems) {
        String otherType = node instanceof YamlNode.Scalar scalar ? scalar.otherType() : null;
        if (otherType != null) {
            problems.add(node.at(), path, otherType, EXPECTED);
            return null;
        }
        String name = ValueReaders.text(EXPECTED).read(node, path, problems);
        if (name == null || isBinaryName(name)) {
            return name;
        }
        String dotted = name.replaceFirst("\\.(class|java)$", "").replace('/', '.');
        problems.add(
                node.at(),
                path,
                Problems.quoted(name) + " is not the name of a class",
                EXPECTED,
                Suggestion.didYouMean(isBinaryName(dotted) ? dotted : null));
        return null;
    }

    /** Whether {@code Class.forName} may look for it: Java identifiers between dots. */
    static boolean isBinaryName(String name) {
        for (String part : name.split("\\.", -1)) {
            if (part.isEmpty()
                    || !Character.isJavaIdentifierStart(part.codePointAt(0))
                    || !part.codePoints().allMatch(Character::isJavaIdentifierPart)) {
                return false;
            }
        }
        return !name.endsWith(".class") && !name.endsWith(".java");
    }
}
