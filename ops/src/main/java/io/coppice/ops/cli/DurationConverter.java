package io.coppice.ops.cli;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations of the command line, in the manifest's units: {@code 500ms 10s 2m 1h}; a bare number means seconds. */
final class DurationConverter implements ITypeConverter<Duration> {
    /** A year: longer is a typing error, and far from overflow. */
    private static final long MAX_MS = 366L * 24 * 60 * 60 * 1000;

    @Override
    public Duration convert(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        long unitMs = switch (text.substring(digits)) {
            case "ms" -> 1;
            case "s", "" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 0;
        };
        long number = digits == 0 || digits > 12 ? -1 : Long.parseLong(text.substring(0, digits));
        if (unitMs == 0 || number <= 0 || number > MAX_MS / unitMs) {
            throw new TypeConversionException(
                    "`" + text + "` is no duration, expected for example 500ms, 10s, 2m or 1h, at most a year");
        }
        return Duration.ofMillis(number * unitMs);
    }
}
