package io.coppice.ops.view;

/**
 * The rule for names of instances and daemons: {@code [a-z0-9-]{1,32}}; of children also NAME.N, the replica N of the daemon NAME.
 * What passes it cannot leave a directory.
 */
public final class InstanceName {
    private static final int MAX_LENGTH = 32;

    /** Of a name with a number behind it. */
    private static final int MAX_LENGTH_BEFORE_NUMBER = 28;

    private static final int MAX_DIGITS = 3;

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

    /** Whether a child can have the name: one that obeys the rule, or that of a replica. */
    public static boolean isValidChild(String name) {
        int dot = name.indexOf('.');
        return dot < 0
                ? isValid(name)
                : dot <= MAX_LENGTH_BEFORE_NUMBER
                        && isValid(name.substring(0, dot))
                        && isNumber(name.substring(dot + 1));
    }

    /** Whether errands of the root can have a log of that name, which no child can have: an underscore, then a name that obeys the rule. */
    public static boolean isErrand(String name) {
        return name.startsWith("_") && isValid(name.substring(1));
    }

    private static boolean isNumber(String digits) {
        return !digits.isEmpty()
                && digits.length() <= MAX_DIGITS
                && digits.charAt(0) != '0'
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
