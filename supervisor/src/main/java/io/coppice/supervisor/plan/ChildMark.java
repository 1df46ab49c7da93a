package io.coppice.supervisor.plan;

import org.jspecify.annotations.Nullable;

/**
 * The environment variable by which every process that comes of a child can be told: whoever starts the instance without a record of
 * what ran finds them by it. Its value is the instance's directory, a slash, and the child's name. What a process makes of its own
 * environment later does not count: the kernel shows the one that it was started with.
 */
public final class ChildMark {
    public static final String VARIABLE = "COPPICE_CHILD";

    private ChildMark() {}

    /** {@code NAME=VALUE} for a child of that instance. */
    public static String entry(String directory, String child) {
        return VARIABLE + "=" + directory + "/" + child;
    }

    /**
     * The child that an entry of an environment tells of.
     *
     * @return null if it is another variable, or of another instance
     */
    public static @Nullable String childIn(String entry, String directory) {
        String prefix = entry(directory, "");
        if (!entry.startsWith(prefix)) {
            return null;
        }
        String child = entry.substring(prefix.length());
        return PlanBounds.isChildName(child) ? child : null;
    }
}
