package io.coppice.supervisor.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Ways of ending that a manifest names.
 *
 * @param codes exit codes, 0 to 255, ascending
 * @param signals names of signals without {@code SIG}, such as {@code TERM}, in natural order
 */
public record ExitSet(List<Integer> codes, List<String> signals) {
    public static final ExitSet EMPTY = new ExitSet(List.of(), List.of());

    private static final String NONE = "none";
    private static final Pattern SIGNAL = Pattern.compile("[A-Z][A-Z0-9+]{1,9}");

    public ExitSet {
        codes = List.copyOf(new TreeSet<>(codes));
        signals = List.copyOf(new TreeSet<>(signals));
        for (int code : codes) {
            PlanBounds.requireBetween("exit code", code, 0, 255);
        }
        for (String signal : signals) {
            PlanBounds.require(
                    SIGNAL.matcher(signal).matches(), () -> "signal `" + signal + "`: expected a name such as TERM");
        }
    }

    /** As the plan's text has it: {@code 3 143 TERM}, or {@code none}. */
    String text() {
        List<String> words = new ArrayList<>();
        codes.forEach(code -> words.add(Integer.toString(code)));
        words.addAll(signals);
        return words.isEmpty() ? NONE : String.join(" ", words);
    }

    /** Of such a text. */
    static ExitSet of(String text) {
        if (text.equals(NONE)) {
            return EMPTY;
        }
        List<Integer> codes = new ArrayList<>();
        List<String> signals = new ArrayList<>();
        for (String word : text.split(" ", -1)) {
            if (!word.isEmpty() && word.length() <= 3 && word.chars().allMatch(c -> c >= '0' && c <= '9')) {
                codes.add(Integer.parseInt(word));
            } else {
                signals.add(word);
            }
        }
        return new ExitSet(codes, signals);
    }
}
