package io.coppice.supervisor.core;

import java.util.List;

/**
 * When the contents of a daemon's segment are held to be what kills it.
 *
 * @param crashes so many poisoned deaths in a row; 0 switches the rule off
 * @param then what is fallen back to, one after the other, each after so many; after the last the daemon is given up, its
 *     data kept
 */
public record PoisonPolicy(int crashes, List<Fallback> then) {
    /** Never; of plain commands always. */
    public static final PoisonPolicy NONE = new PoisonPolicy(0, List.of());

    public PoisonPolicy {
        then = List.copyOf(then);
        if (crashes < 0) {
            throw new IllegalArgumentException("crashes: " + crashes + " must be 0 or more");
        }
        if (crashes == 0 && !then.isEmpty()) {
            throw new IllegalArgumentException("then: " + then + " without a number of crashes");
        }
    }
}
