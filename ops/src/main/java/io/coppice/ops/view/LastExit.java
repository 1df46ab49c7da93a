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
    private static final int MAX_CAUSE_CHARS = 60;

    /** In words: {@code signal KILL 3s ago}, {@code exception IllegalStateException: no quote 1m ago}, {@code hang 5s ago}. */
    public String words(long nowEpochMs) {
        return what() + " " + Durations.coarse(nowEpochMs - atEpochMs) + " ago";
    }

    private String what() {
        return switch (kind) {
            case "exit" -> "exit code " + (code.isPresent() ? code.getAsInt() : "unknown") + faultCause();
            case "signal" -> "signal " + signal.orElse("unknown") + faultCause();
            case "exception" -> "exception" + cause(withoutPackage(text));
            case "start-timeout" -> "start timeout";
            case "spawn-failed" -> "spawn failed" + (text.isEmpty() ? "" : ":" + cause(text));
            default -> kind;
        };
    }

    private String faultCause() {
        return fault.isPresent() ? ":" + cause(fault.get()) : "";
    }

    private static String cause(String text) {
        int end = text.indexOf('\n');
        String line = (end < 0 ? text : text.substring(0, end)).strip();
        if (line.isEmpty()) {
            return "";
        }
        int length = line.codePointCount(0, line.length());
        return " "
                + (length <= MAX_CAUSE_CHARS
                        ? line
                        : line.substring(0, line.offsetByCodePoints(0, MAX_CAUSE_CHARS - 1)) + "…");
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
