package io.coppice.supervisor.core;

import org.jspecify.annotations.Nullable;

/**
 * What the poison rule remembers of a child.
 *
 * @param deaths poisoned deaths in a row, since the last fall-back if there was one, and since a step last committed
 * @param fallbacks how many fall-backs were decided on, since an incarnation last lasted
 * @param due what the next incarnation is told to fall back to; stays until one is ready, or dies by its own doing after
 *     it took its segment over, so that a kill from outside in the middle of a fall-back does not use it up
 */
public record PoisonHistory(
        int deaths, int fallbacks, @Nullable Fallback due) {
    public static final PoisonHistory CLEAN = new PoisonHistory(0, 0, null);

    public PoisonHistory {
        if (deaths < 0 || fallbacks < 0) {
            throw new IllegalArgumentException(
                    "deaths: " + deaths + ", fallbacks: " + fallbacks + " must be 0 or more");
        }
    }

    /** With one more death; what was due has been tried. */
    PoisonHistory withDeath() {
        return new PoisonHistory(deaths + 1, fallbacks, null);
    }

    PoisonHistory withFallback(Fallback to) {
        return new PoisonHistory(0, fallbacks + 1, to);
    }

    PoisonHistory withStepCommitted() {
        return new PoisonHistory(0, fallbacks, null);
    }

    PoisonHistory withNothingDue() {
        return due == null ? this : new PoisonHistory(deaths, fallbacks, null);
    }
}
