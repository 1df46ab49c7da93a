package io.coppice.supervisor.simulation;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which faults strike, and how often: {@code none}, or a comma list of {@code all}, {@code KIND}, {@code KIND=RATE} (a kind that
 * strikes in time: {@code 2/h}) and {@code KIND=CHANCE} (one that strikes at occasions: {@code 5%}). A kind without a figure is off, rare
 * or frequent, as each run draws. Immutable.
 */
public final class FaultChoice {
    /** Every kind, as often as is drawn. */
    public static final FaultChoice ALL = new FaultChoice("all", allDrawn());

    /** Nothing fails. */
    public static final FaultChoice NONE = new FaultChoice("none", new EnumMap<>(FaultKind.class));

    private static final double DRAWN = -1;
    private static final double MOST_PER_HOUR = 36_000;
    private static final Pattern RATE = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)/(s|m|h|d)");
    private static final Pattern CHANCE = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,9})?)%");

    private final String text;
    private final EnumMap<FaultKind, Double> often;

    private FaultChoice(String text, EnumMap<FaultKind, Double> often) {
        this.text = text;
        this.often = often;
    }

    private static EnumMap<FaultKind, Double> allDrawn() {
        EnumMap<FaultKind, Double> all = new EnumMap<>(FaultKind.class);
        for (FaultKind kind : FaultKind.values()) {
            all.put(kind, DRAWN);
        }
        return all;
    }

    /**
     * Reads a choice.
     *
     * @throws FaultFormatException if it is none
     */
    public static FaultChoice parse(String text) throws FaultFormatException {
        if (text.equals("none")) {
            return NONE;
        }
        EnumMap<FaultKind, Double> often = new EnumMap<>(FaultKind.class);
        for (String item : text.split(",", -1)) {
            if (item.equals("none")) {
                throw new FaultFormatException("`none` stands alone, expected it without others");
            }
            if (item.isEmpty()) {
                throw new FaultFormatException(
                        "nothing before or after a comma, expected `none`, `all` or a kind of fault");
            }
            if (item.equals("all")) {
                allDrawn().forEach(often::putIfAbsent);
                continue;
            }
            int equals = item.indexOf('=');
            FaultKind kind = kind(equals < 0 ? item : item.substring(0, equals));
            Double before = often.put(kind, equals < 0 ? DRAWN : figure(kind, item.substring(equals + 1)));
            if (before != null && before != DRAWN) {
                throw new FaultFormatException("`" + kind.word() + "` is there twice");
            }
        }
        return new FaultChoice(text, often);
    }

    private static FaultKind kind(String word) throws FaultFormatException {
        for (FaultKind kind : FaultKind.values()) {
            if (kind.word().equals(word)) {
                return kind;
            }
        }
        throw new FaultFormatException("`" + word + "` is no kind of fault, expected `none`, `all` or some of: "
                + Arrays.stream(FaultKind.values()).map(FaultKind::word).collect(Collectors.joining(", ")));
    }

    private static double figure(FaultKind kind, String text) throws FaultFormatException {
        Matcher matcher = (kind.timed() ? RATE : CHANCE).matcher(text);
        double figure = matcher.matches() ? Double.parseDouble(matcher.group(1)) : -1;
        if (figure >= 0 && kind.timed()) {
            figure *= switch (matcher.group(2)) {
                case "s" -> 3_600;
                case "m" -> 60;
                case "h" -> 1;
                default -> 1.0 / 24;
            };
        } else {
            figure /= 100;
        }
        if (figure < 0 || figure > (kind.timed() ? MOST_PER_HOUR : 1)) {
            throw new FaultFormatException("`" + kind.word() + "=" + text + "`: expected "
                    + (kind.timed()
                            ? "how often, at most 10/s: for example `" + kind.word() + "=2/h` (units s, m, h and d)"
                            : "with what chance each time: for example `" + kind.word() + "=5%`"));
        }
        return figure;
    }

    /** Times an hour, or a probability; drawn, if the choice leaves it open. The same number of draws in any case. */
    double drawOften(FaultKind kind, Draws draws) {
        int drawn = draws.between(0, 2);
        double chosen = often.getOrDefault(kind, 0.0);
        if (chosen != DRAWN) {
            return chosen;
        }
        return drawn == 0 ? 0 : drawn == 1 ? kind.rare() : kind.frequent();
    }

    /** The text that it was read from. */
    @Override
    public String toString() {
        return text;
    }
}
