package io.coppice.supervisor.root;

/**
 * When the duty cycle does something that is to be done once in a period, and that does not mind being done earlier. A root that is awake
 * after half of the period does it then: so chores of whatever phases soon fall into one turn, and a root at rest is not woken for each.
 *
 * <p>Duty-cycle thread only; allocates nothing after construction.
 */
final class Chore {
    private final long periodNs;
    private long nextNs;

    /** @param firstNs when it is due for the first time, on the scale of {@link System#nanoTime()} */
    Chore(long periodNs, long firstNs) {
        this.periodNs = periodNs;
        this.nextNs = firstNs;
    }

    /** One that is never due. */
    static Chore none() {
        return new Chore(0, Long.MAX_VALUE);
    }

    /** When the root must be awake for it; {@link Long#MAX_VALUE} if never. */
    long nextNs() {
        return nextNs;
    }

    /** Whether a root that is awake now is to do it. */
    boolean isDue(long nowNs) {
        return nowNs >= nextNs - periodNs / 2;
    }

    void done(long nowNs) {
        nextNs = nowNs + periodNs;
    }
}
