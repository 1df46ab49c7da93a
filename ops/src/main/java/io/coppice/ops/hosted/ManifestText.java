package io.coppice.ops.hosted;

/** Pieces of a manifest that a command writes. Pure. */
public final class ManifestText {
    private ManifestText() {}

    /** A double-quoted YAML scalar, in which any text can be written. */
    public static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                default -> {
                    if (c >= ' ' && c < 0x7f) {
                        quoted.append((char) c);
                    } else {
                        quoted.append(String.format("\\U%08x", c));
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }
}
