package io.coppice.ops.view;

import java.util.Map;

/** Colours for a terminal, or none at all. Immutable. */
public final class Palette {
    /** No escape sequence leaves this one. */
    public static final Palette PLAIN = new Palette(false);

    /** ANSI colours. */
    public static final Palette COLORED = new Palette(true);

    private static final String RESET = "\u001b[0m";

    private final boolean colored;

    private Palette(boolean colored) {
        this.colored = colored;
    }

    /**
     * Chooses by the rule of no-color.org: {@code NO_COLOR} counts when it is set and not empty.
     *
     * @param terminal whether standard output is one
     */
    public static Palette choose(ColorMode mode, boolean terminal, Map<String, String> environment) {
        return switch (mode) {
            case ALWAYS -> COLORED;
            case NEVER -> PLAIN;
            case AUTO ->
                terminal
                                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                                && !environment.getOrDefault("TERM", "").equals("dumb")
                        ? COLORED
                        : PLAIN;
        };
    }

    /** Whether it colours. */
    public boolean colored() {
        return colored;
    }

    String paint(Tone tone, String text) {
        return colored && tone != Tone.NORMAL && !text.isEmpty() ? tone.sequence + text + RESET : text;
    }

    /** What a colour means. */
    enum Tone {
        NORMAL(""),
        HEADING("\u001b[1m"),
        GOOD("\u001b[32m"),
        CHANGING("\u001b[33m"),
        BAD("\u001b[31m"),
        FAINT("\u001b[2m");

        private final String sequence;

        Tone(String sequence) {
            this.sequence = sequence;
        }
    }
}
