package io.coppice.state.root;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Texts cut to a number of UTF-8 bytes, never inside a character; and printed without control characters. */
final class Utf8Text {
    private static final String MORE = "…";
    private static final int MORE_BYTES = MORE.getBytes(StandardCharsets.UTF_8).length;

    private Utf8Text() {}

    static byte[] cut(String text, int maxBytes) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, maxBytes);
        while (length > 0 && length < bytes.length && (bytes[length] & 0xc0) == 0x80) {
            length--;
        }
        return Arrays.copyOf(bytes, length);
    }

    /** As {@link #cut}, for people: ends with a whole word, if the last one is not very long, and with a sign that more was there. */
    static byte[] shorten(String text, int maxBytes) {
        if (text.getBytes(StandardCharsets.UTF_8).length <= maxBytes) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        String start = new String(cut(text, maxBytes - MORE_BYTES), StandardCharsets.UTF_8);
        int blank = text.charAt(start.length()) == ' ' ? start.length() : start.lastIndexOf(' ');
        String words = blank >= start.length() / 2 ? start.substring(0, blank) : start;
        return (words.stripTrailing() + MORE).getBytes(StandardCharsets.UTF_8);
    }

    static String printable(byte[] bytes) {
        return printable(new String(bytes, StandardCharsets.UTF_8));
    }

    static String printable(String text) {
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints().map(c -> Character.isISOControl(c) ? ' ' : c).forEach(result::appendCodePoint);
        return result.toString();
    }
}
