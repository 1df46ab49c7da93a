package io.coppice.supervisor.plan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The children that one daemon of a manifest is which has the key {@code replicas}: NAME.1 to NAME.COUNT.
 *
 * @param name {@code [a-z0-9-]{1,28}}: a child's name has the number behind it
 * @param declared what the manifest says, 0 to {@link PlanBounds#MAX_REPLICAS}
 * @param count how many there are; another number than declared once somebody has scaled it
 */
public record ReplicaSet(String name, int declared, int count) {
    /** The number that a process is told which replica it is by, from 1. */
    public static final String VARIABLE = "COPPICE_REPLICA";

    public ReplicaSet {
        PlanBounds.requireName("replica set", name);
        PlanBounds.require(
                name.length() <= PlanBounds.MAX_REPLICATED_NAME,
                () -> "replica set: `" + name + "` has " + name.length() + " characters, at most "
                        + PlanBounds.MAX_REPLICATED_NAME + " are allowed");
        PlanBounds.requireBetween("declared replicas of " + name, declared, 0, PlanBounds.MAX_REPLICAS);
        PlanBounds.requireBetween("replicas of " + name, count, 0, PlanBounds.MAX_REPLICAS);
    }

    /** Whether there are as many as the manifest does not say. */
    public boolean isScaled() {
        return count != declared;
    }

    /** The name of one of them, from 1. */
    public static String childName(String set, int number) {
        return set + "." + number;
    }

    /** The names of all of them, in their order. */
    public List<String> childNames() {
        List<String> names = new ArrayList<>(count);
        for (int number = 1; number <= count; number++) {
            names.add(childName(name, number));
        }
        return names;
    }

    /** The set that a child is one of, by its name; null for one that is none, as a replica's slots are not. */
    public static @Nullable String setOf(String child) {
        int dot = child.lastIndexOf('.');
        return dot < 0 || SlotName.isSlot(child) ? null : child.substring(0, dot);
    }
}
