package io.coppice.worker.runtime;

import java.nio.charset.StandardCharsets;

/**
 * The text of an exception that ends a worker, as it is stored in the segment: class and message, the first frames, and
 * the same for its causes, within 1024 bytes of UTF-8. Where that is too little, frames are left out before causes are: what led to it
 * says more than by which calls. The first line is never left out, only cut.
 */
final class LastWords {
    /** Room in the segment's header. */
    static final int MAX_BYTES = 1024;

    /** Enough to see where; the log has the whole trace. */
    private static final int[] FRAMES = {6, 3, 1, 0};

    /** A chain of causes can be a circle. */
    private static final int CAUSES = 4;

    private LastWords() {}

    static String of(Throwable thrown) {
        String words = "";
        for (int frames : FRAMES) {
            words = of(thrown, frames);
            String fitting = cut(words);
            if (fitting.length() == words.length()) {
                return words;
            }
        }
        return cut(words);
    }

    private static String of(Throwable thrown, int frames) {
        StringBuilder text = new StringBuilder();
        try {
            describe(thrown, frames, text);
        } catch (Throwable e) {
            text.append("  (more of it cannot be told, as asking for that threw ")
                    .append(e.getClass().getName())
                    .append(')');
        }
        return text.toString().stripTrailing();
    }

    private static void describe(Throwable thrown, int atMost, StringBuilder text) {
        Throwable cause = thrown;
        for (int i = 0; cause != null && i <= CAUSES; i++) {
            text.append(i == 0 ? "" : "caused by ").append(firstLine(cause)).append('\n');
            StackTraceElement[] frames = cause.getStackTrace();
            for (int frame = 0; frame < Math.min(atMost, frames.length); frame++) {
                text.append("  at ").append(frames[frame]).append('\n');
            }
            cause = cause.getCause();
        }
    }

    /** {@code toString} is the thrower's code and may itself throw, or answer nothing. */
    static String firstLine(Throwable thrown) {
        try {
            return String.valueOf(thrown.toString());
        } catch (Throwable e) {
            return thrown.getClass().getName() + " (its toString() threw "
                    + e.getClass().getName() + ")";
        }
    }

    /** The longest prefix of whole characters that fits. */
    static String cut(String text) {
        int bytes = 0;
        int at = 0;
        while (at < text.length()) {
            int codePoint = text.codePointAt(at);
            bytes += utf8Length(codePoint);
            if (bytes > MAX_BYTES) {
                return text.substring(0, at);
            }
            at += Character.charCount(codePoint);
        }
        return text;
    }

    private static int utf8Length(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        return new String(Character.toChars(codePoint)).getBytes(StandardCharsets.UTF_8).length;
    }
}
