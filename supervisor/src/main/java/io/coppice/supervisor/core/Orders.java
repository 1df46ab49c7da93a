package io.coppice.supervisor.core;

import java.util.Objects;

/**
 * What a child is to do because of others: its group, or what it depends on.
 *
 * @param endDue it is to end, and is told so as soon as those that depend on it, and are to end as well, are gone
 * @param fate what follows when it has ended as asked and is wanted up
 * @param restartsWith the group that is restarted with it: it is launched when all that take part in that are down; {@link #ALONE}
 */
public record Orders(boolean endDue, Fate fate, int restartsWith) {
    public static final int ALONE = -1;
    public static final Orders NONE = new Orders(false, Fate.RESTART, ALONE);

    /** What comes after an end that was asked for. */
    public enum Fate {
        RESTART,
        /** Its group was ended by {@link AutoShutdown}. */
        COMPLETE,
        /** Its group has used up its restarts. */
        FAIL
    }

    public Orders {
        Objects.requireNonNull(fate);
    }

    Orders withEndDue(boolean due) {
        return new Orders(due, fate, restartsWith);
    }

    Orders withFate(Fate next) {
        return new Orders(endDue, next, restartsWith);
    }

    Orders restartingWith(int group) {
        return new Orders(endDue, fate, group);
    }
}
