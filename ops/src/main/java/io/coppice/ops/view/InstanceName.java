package io.coppice.ops.view;

/** The rule for names of instances and daemons: {@code [a-z0-9-]{1,32}}. What passes it cannot leave a directory. */
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
}
