package io.coppice.ops.view;

/**
 * Makes text of other processes safe to print: a last word or a command line may hold escape sequences that would repaint
 * or reprogram the reader's terminal.
 */
public final class Printable {
    private Printable() {}

    /** The same text with every control, format or broken character written as {@code \n}, {@code \t} or {@code \\uXXXX}. */
    public static String of(String text) {
        int at = 0;
        while (at < text.length() && isPlain(text.charAt(at))) {
            at++;
        }
        return at == text.length() ? text : escape(text);
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x7f;
    }

    private static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> appendEscaped(out, c));
        return out.toString();
    }

    private static void appendEscaped(StringBuilder out, int codePoint) {
        switch (codePoint) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                switch (Character.getType(codePoint)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR -> out.append(String.format("\\u%04x", codePoint));
                    default -> out.appendCodePoint(codePoint);
                }
            }
        }
    }
}
