package io.coppice.ops.manifest;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sizes and durations: reading them, and writing them the way they are read. */
public final class Quantity {
    /** What a text that is no size should have been. */
    public static final String SIZE_EXPECTED = "a size in B, KiB, MiB or GiB such as `64MiB`";

    static final String DURATION_EXPECTED = "a duration in ms, s, m or h such as `5s`";

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,12})([A-Za-z]*)");
    private static final Pattern PART = Pattern.compile("([0-9]{1,9})(ms|s|min|m|h)\\s*");
    private static final Pattern PARTS = Pattern.compile("(?:" + PART + "){2,}");
    private static final Pattern LOOSE = Pattern.compile("([0-9]{1,12})(\\.[0-9]+)?\\s*([A-Za-zµ]*)");

    private static final Map<String, Long> SIZE_UNITS = Map.of(
            "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "K", 1L << 10, "M", 1L << 20, "G", 1L << 30);
    private static final Map<String, Long> DURATION_UNITS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L);

    private static final Map<String, String> SIZE_SLIPS = Map.ofEntries(
            Map.entry("b", "B"),
            Map.entry("bytes", "B"),
            Map.entry("k", "KiB"),
            Map.entry("kb", "KiB"),
            Map.entry("kib", "KiB"),
            Map.entry("m", "MiB"),
            Map.entry("mb", "MiB"),
            Map.entry("mib", "MiB"),
            Map.entry("mi", "MiB"),
            Map.entry("ki", "KiB"),
            Map.entry("gi", "GiB"),
            Map.entry("g", "GiB"),
            Map.entry("gb", "GiB"),
            Map.entry("gib", "GiB"));
    private static final Map<String, String> DURATION_SLIPS = Map.ofEntries(
            Map.entry("msec", "ms"),
            Map.entry("millis", "ms"),
            Map.entry("sec", "s"),
            Map.entry("secs", "s"),
            Map.entry("second", "s"),
            Map.entry("seconds", "s"),
            Map.entry("s", "s"),
            Map.entry("ms", "ms"),
            Map.entry("min", "m"),
            Map.entry("mins", "m"),
            Map.entry("minute", "m"),
            Map.entry("minutes", "m"),
            Map.entry("m", "m"),
            Map.entry("h", "h"),
            Map.entry("hr", "h"),
            Map.entry("hour", "h"),
            Map.entry("hours", "h"));

    private Quantity() {}

    /** Bytes, or null if this is no size, or one that no long can hold. */
    public static @Nullable Long sizeBytes(String text) {
        return parse(text, SIZE_UNITS);
    }

    /** Milliseconds, or null if this is no duration. */
    static @Nullable Long durationMs(String text) {
        return parse(text, DURATION_UNITS);
    }

    /** What is wrong with the text as a size, ready for an error. */
    static Fault sizeFault(String text) {
        return fault(text, SIZE_UNITS, SIZE_SLIPS, "MiB", "B");
    }

    /** What is wrong with the text as a duration, ready for an error. */
    static Fault durationFault(String text) {
        if (PARTS.matcher(text).matches()) { // `1m30s`, as compose and systemd have it
            long ms = PART.matcher(text)
                    .results()
                    .mapToLong(part -> Long.parseLong(part.group(1)) * unitMs(part.group(2)))
                    .sum();
            return new Fault(Problems.quoted(text), Suggestion.didYouMean(duration(ms)));
        }
        return fault(text, DURATION_UNITS, DURATION_SLIPS, "s", "ms");
    }

    /** The largest unit that divides it: {@code 64MiB}. */
    public static String size(long bytes) {
        if (bytes != 0 && bytes % (1L << 30) == 0) {
            return (bytes >> 30) + "GiB";
        } else if (bytes != 0 && bytes % (1L << 20) == 0) {
            return (bytes >> 20) + "MiB";
        } else if (bytes != 0 && bytes % (1L << 10) == 0) {
            return (bytes >> 10) + "KiB";
        }
        return bytes + "B";
    }

    /** Rounded to one decimal place, for reading: {@code 1.5GiB}, {@code 64MiB}. */
    static String roundedSize(long bytes) {
        if (bytes < 1L << 20) {
            return size(bytes);
        }
        boolean large = bytes >= 10L << 30;
        long tenths = Math.round(bytes * 10.0 / (large ? 1L << 30 : 1L << 20));
        return tenths / 10 + (tenths % 10 == 0 ? "" : "." + tenths % 10) + (large ? "GiB" : "MiB");
    }

    /** The largest unit that divides it: {@code 5s}. */
    static String duration(long ms) {
        if (ms != 0 && ms % 3_600_000 == 0) {
            return ms / 3_600_000 + "h";
        } else if (ms != 0 && ms % 60_000 == 0) {
            return ms / 60_000 + "m";
        } else if (ms % 1_000 == 0) {
            return ms / 1_000 + "s";
        }
        return ms + "ms";
    }

    private static long unitMs(String unit) {
        Long ms = DURATION_UNITS.get(DURATION_SLIPS.getOrDefault(unit, unit));
        return ms == null ? 0 : ms;
    }

    private static @Nullable Long parse(String text, Map<String, Long> units) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        Long unit = units.get(matcher.group(2));
        if (unit == null) {
            return null;
        }
        long number = Long.parseLong(matcher.group(1));
        return number > Long.MAX_VALUE / unit ? null : (Long) (number * unit);
    }

    /** A bare number was meant in the ordinary unit if it is small, and in the smallest if it is large. */
    private static Fault fault(
            String text, Map<String, Long> units, Map<String, String> slips, String ordinaryUnit, String smallestUnit) {
        Matcher matcher = LOOSE.matcher(text);
        if (!matcher.matches()) {
            return new Fault(Problems.quoted(text), "");
        }
        String number = matcher.group(1);
        boolean whole = matcher.group(2) == null;
        String unit = matcher.group(3);
        if (unit.isEmpty()) {
            String probable = number.length() <= 3 ? ordinaryUnit : smallestUnit;
            return new Fault(
                    Problems.quoted(text) + " has no unit", whole ? Suggestion.didYouMean(number + probable) : "");
        }
        String meant = units.containsKey(unit) ? unit : slips.get(unit.toLowerCase(Locale.ROOT));
        if (meant == null) {
            return new Fault(Problems.quoted(text) + " has the unknown unit " + Problems.quoted(unit), "");
        }
        if (!whole) {
            return new Fault(Problems.quoted(text) + " is not a whole number", "write it in a smaller unit");
        }
        if (parse(number + meant, units) == null) {
            return new Fault(Problems.quoted(text) + " is too large", "");
        }
        return new Fault(Problems.quoted(text), Suggestion.didYouMean(number + meant));
    }

    /** What is wrong with a text, ready for an error; the hint may be empty. */
    record Fault(String what, String hint) {}
}
