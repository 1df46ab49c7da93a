package io.coppice.supervisor.core;

import java.util.Objects;

/**
 * Children, and other groups, that are restarted and given up together.
 *
 * @param index its place among the groups; 0 is the outermost one, the instance
 * @param name what people call it, empty for the outermost
 * @param parent index of the group that it is a member of, less than its own; {@link #NO_PARENT} for the outermost
 * @param maxRestarts restarts within {@code periodNs} before the group has failed; {@link ChildSpec#UNLIMITED}
 * @param periodNs more than 0
 * @param backoff how long a restart of the whole group waits
 * @param significant its end by {@link AutoShutdown} may end its parent
 * @param escalates when its restarts are used up, its parent restarts it, or has failed as well; otherwise its members are given up and
 *     the others go on. Without meaning for the outermost group, whose failure ends the instance
 * @param openEnded of the outermost group: members are expected that there are not yet, so the instance is not over when all that there
 *     are have completed. False of all others
 */
public record GroupSpec(
        int index,
        String name,
        int parent,
        Strategy strategy,
        int maxRestarts,
        long periodNs,
        Backoff backoff,
        AutoShutdown autoShutdown,
        boolean significant,
        boolean escalates,
        boolean openEnded) {
    public static final int OUTERMOST = 0;
    public static final int NO_PARENT = -1;

    /** Of an instance whose manifest says nothing of groups: each child stands for itself, and nothing ends the others. */
    public static final GroupSpec INSTANCE = new GroupSpec(
            OUTERMOST,
            "",
            NO_PARENT,
            Strategy.ONE_FOR_ONE,
            ChildSpec.UNLIMITED,
            60_000_000_000L,
            Backoff.NONE,
            AutoShutdown.NEVER,
            false,
            true,
            false);

    public GroupSpec {
        Objects.requireNonNull(name);
        Objects.requireNonNull(strategy);
        Objects.requireNonNull(backoff);
        Objects.requireNonNull(autoShutdown);
        if (index == OUTERMOST ? parent != NO_PARENT : parent < 0 || parent >= index) {
            throw new IllegalArgumentException("group " + name + ": parent " + parent + " of index " + index);
        }
        if (openEnded && index != OUTERMOST) {
            throw new IllegalArgumentException("group " + name + ": only the outermost one can be open-ended");
        }
        if (maxRestarts < ChildSpec.UNLIMITED || maxRestarts > ChildSpec.MAX_RESTARTS_LIMIT || periodNs <= 0) {
            throw new IllegalArgumentException(
                    "group " + name + ": maxRestarts " + maxRestarts + " within " + periodNs + " ns");
        }
    }

    /** For texts. */
    String title() {
        return index == OUTERMOST ? "the instance" : "group " + name;
    }
}
