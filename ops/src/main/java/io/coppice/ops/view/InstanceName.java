package io.coppice.ops.view;

import io.coppice.supervisor.plan.PlanBounds;

/**
 * The rule for names of instances and daemons: {@code [a-z0-9-]{1,32}}; of children also NAME.N, the replica N of the daemon NAME, and
 * either with {@code @N} behind it, the slot N of its transactions. What passes it cannot leave a directory.
 */
public final class InstanceName {
    private static final int MAX_LENGTH = 32;

    private InstanceName() {}

    /** Whether the name obeys the rule. */
    public static boolean isValid(String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
                return false;
            }
        }
        return true;
    }

    /** Whether a child can have the name: one that obeys the rule, that of a replica, or that of a slot of either's transactions. */
    public static boolean isValidChild(String name) {
        return PlanBounds.isChildName(name);
    }

    /** Whether errands of the root can have a log of that name, which no child can have: an underscore, then a name that obeys the rule. */
    public static boolean isErrand(String name) {
        return name.startsWith("_") && isValid(name.substring(1));
    }
}
