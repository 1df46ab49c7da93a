package io.coppice.ops.view;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * The bytes of a structure for people: 16 in a line, after their offset in the structure, and what of them is ASCII.
 *
 * @param bytes of the structure
 * @param limit most lines, 0 or more
 */
record HexDump(byte[] bytes, int limit) {
    private static final int LINE_BYTES = 16;
    private static final HexFormat SPACED = HexFormat.ofDelimiter(" ");

    /** The bytes that are shown, as hexadecimal digits. */
    String digits() {
        return HexFormat.of().formatHex(bytes, 0, shownBytes());
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int at = 0; at < shownBytes(); at += LINE_BYTES) {
            int end = Math.min(at + LINE_BYTES, bytes.length);
            lines.add(String.format(
                    Locale.ROOT, "  %06x  %-47s  |%s|", at, SPACED.formatHex(bytes, at, end), ascii(at, end)));
        }
        SegmentContents.addMore(bytes.length - shownBytes(), "bytes", lines);
        return lines;
    }

    private int shownBytes() {
        return (int) Math.min((long) limit * LINE_BYTES, bytes.length);
    }

    private String ascii(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(bytes[i] >= ' ' && bytes[i] <= '~' ? (char) bytes[i] : '.');
        }
        return text.toString();
    }
}
