package io.coppice.supervisor.plan;

import java.util.EnumSet;
import java.util.List;

/**
 * When the contents of a daemon's segment are held to be what kills it, and what follows.
 *
 * @param crashes deaths in a row by the daemon's own doing before a step committed, 1 to {@link
 *     PlanBounds#MAX_POISON_CRASHES}; 0 for {@link #NONE}
 * @param then what is fallen back to, one after the other, each at most once; then, or without any, the daemon is given up
 */
public record Poison(int crashes, List<Fallback> then) {
    /** No such rule. */
    public static final Poison NONE = new Poison(0, List.of());

    public Poison {
        then = List.copyOf(then);
        PlanBounds.requireBetween("poison crashes", crashes, 0, PlanBounds.MAX_POISON_CRASHES);
        PlanBounds.require(crashes > 0 || then.isEmpty(), () -> "poison: a fall-back without a number of crashes");
        EnumSet<Fallback> seen = EnumSet.noneOf(Fallback.class);
        for (Fallback fallback : then) {
            PlanBounds.require(seen.add(fallback), () -> "poison: " + fallback.text() + " is there twice");
        }
    }

    /**
     * A rule.
     *
     * @param crashes of any size
     * @throws IllegalArgumentException if that breaks a bound
     */
    public static Poison after(long crashes, List<Fallback> then) {
        return new Poison(
                (int) PlanBounds.requireBetween("poison crashes", crashes, 1, PlanBounds.MAX_POISON_CRASHES), then);
    }

    /** Whether there is no such rule. */
    public boolean isNone() {
        return crashes == 0;
    }

    /** The value in a plan's text. */
    String text() {
        if (isNone()) {
            return "none";
        }
        StringBuilder text = new StringBuilder().append(crashes);
        then.forEach(fallback -> text.append(' ').append(fallback.text()));
        return text.toString();
    }

    /** What a daemon steps back to before it starts. */
    public enum Fallback {
        /** The newest sound checkpoint of another commit. */
        CHECKPOINT("checkpoint"),
        EMPTY("empty");

        private final String text;

        Fallback(String text) {
            this.text = text;
        }

        /** The word that manifests and plans use. */
        public String text() {
            return text;
        }
    }
}
