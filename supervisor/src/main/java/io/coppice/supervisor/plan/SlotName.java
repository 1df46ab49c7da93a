package io.coppice.supervisor.plan;

/**
 * The names of the children that run a daemon's transactions: {@code DAEMON@1} and so on, one for each of its slots. Pure.
 *
 * <p>All methods take the name of any child.
 */
public final class SlotName {
    /** What all slots of a daemon have in common is named by this in place of their numbers: their log, their fault reports. */
    private static final String ALL = "transactions";

    private static final char MARK = '@';

    private SlotName() {}

    /**
     * The name of one slot.
     *
     * @param daemon the daemon's, without a slot
     * @param slot 1 to {@link PlanBounds#MAX_SLOTS}
     */
    public static String of(String daemon, int slot) {
        return daemon + MARK + slot;
    }

    /** Whether it is a slot's name. */
    public static boolean isSlot(String child) {
        return child.indexOf(MARK) >= 0;
    }

    /** The daemon whose slot it is; of a child that is none, the name itself. */
    public static String daemonOf(String child) {
        return isSlot(child) ? child.substring(0, child.indexOf(MARK)) : child;
    }

    /**
     * The number of the slot, 1 to {@link PlanBounds#MAX_SLOTS}; 0 of a child that is none.
     *
     * @throws IllegalArgumentException if a mark is there and no such number behind it
     */
    public static int numberOf(String child) {
        if (!isSlot(child)) {
            return 0;
        }
        PlanBounds.requireChildName("slot", child);
        return Integer.parseInt(child.substring(child.indexOf(MARK) + 1));
    }

    /** Under which name its output is kept, as a file and in the journal: its own, or the one that all slots of its daemon share. */
    public static String logName(String child) {
        return isSlot(child) ? daemonOf(child) + MARK + ALL : child;
    }
}
