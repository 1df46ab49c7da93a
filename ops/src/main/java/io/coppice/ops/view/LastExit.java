package io.coppice.ops.view;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a daemon last ended.
 *
 * @param kind {@code exit signal hang exception start-timeout spawn-failed unknown}
 * @param code exit code, where it exited
 * @param signal name such as {@code KILL}, where a signal ended it
 * @param atEpochMs when the root learnt of it
 * @param text cause in the daemon's or the root's own words; may be empty
 * @param fault what the report of a JVM tells that a fault ended
 */
public record LastExit(
        String kind, OptionalInt code, Optional<String> signal, long atEpochMs, String text, Optional<String> fault) {
    /** Stack frames come after this; in the root's record their line feeds are blanks. */
    private static final String FRAMES = "  at ";

    /** In words, the cause last: {@code signal KILL 3s ago}, {@code exception 1m ago: IllegalStateException: no quote}. */
    public String words(long nowEpochMs) {
        String cause = cause();
        return what() + " " + Durations.coarse(nowEpochMs - atEpochMs) + " ago" + (cause.isEmpty() ? "" : ": " + cause);
    }

    private String what() {
        return switch (kind) {
            case "exit" -> "exit code " + (code.isPresent() ? code.getAsInt() : "unknown");
            case "signal" -> "signal " + signal.orElse("unknown");
            case "start-timeout" -> "start timeout";
            case "spawn-failed" -> "spawn failed";
            default -> kind;
        };
    }

    /** What the text tells beyond {@link #what}, without the frames of a stack. */
    private String cause() {
        if (fault.isPresent()) {
            return fault.get();
        }
        String line = firstLine(text);
        if (kind.equals("exception")) {
            return withoutPackage(line);
        }
        if (!line.startsWith(what())) {
            return line;
        }
        String rest = line.substring(what().length()).strip();
        if (rest.startsWith("(") && rest.endsWith(")")) {
            return rest.substring(1, rest.length() - 1);
        }
        return rest.startsWith(":") || rest.startsWith(",") || rest.startsWith(";")
                ? rest.substring(1).strip()
                : rest;
    }

    /** Without the frames of a stack. */
    static String firstLine(String text) {
        int end = text.indexOf('\n');
        String line = end < 0 ? text : text.substring(0, end);
        int frames = line.indexOf(FRAMES);
        return (frames < 0 ? line : line.substring(0, frames)).strip();
    }

    /** {@code java.lang.IllegalStateException: x} reads better without the package. */
    private static String withoutPackage(String text) {
        int end = 0;
        int nameStart = 0;
        while (end < text.length() && (Character.isJavaIdentifierPart(text.charAt(end)) || text.charAt(end) == '.')) {
            if (text.charAt(end) == '.') {
                nameStart = end + 1;
            }
            end++;
        }
        return (end < text.length() && text.charAt(end) != ':') || nameStart == end ? text : text.substring(nameStart);
    }
}
