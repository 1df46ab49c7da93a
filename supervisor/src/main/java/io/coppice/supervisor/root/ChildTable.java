package io.coppice.supervisor.root;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the shell holds of all children: by their index, which is their place in the plan and the core's name for them; and by a slot,
 * which a child keeps when the plan changes, so that descriptors and spawns under way stay its own.
 *
 * <p>Duty-cycle thread only.
 */
final class ChildTable {
    /** Two plans' worth: while one takes the other's place both have their children. */
    static final int SLOTS = 1024;

    private final @Nullable ChildProcess[] bySlot = new @Nullable ChildProcess[SLOTS];
    private ChildProcess[] byIndex;

    ChildTable(Plan plan) {
        byIndex = new ChildProcess[plan.children().size()];
        for (int i = 0; i < byIndex.length; i++) {
            byIndex[i] = add(i, plan.children().get(i));
        }
    }

    int size() {
        return byIndex.length;
    }

    ChildProcess get(int index) {
        return byIndex[index];
    }

    /** The table itself, by index; for loops that allocate nothing. */
    ChildProcess[] all() {
        return byIndex;
    }

    /** Null if there is none. */
    @Nullable
    ChildProcess named(String name) {
        for (ChildProcess child : byIndex) {
            if (child.plan.name().equals(name)) {
                return child;
            }
        }
        return null;
    }

    /** @throws IllegalStateException if no child has the slot */
    ChildProcess inSlot(int slot) {
        ChildProcess child = bySlot[slot];
        if (child == null) {
            throw new IllegalStateException("no child has slot " + slot);
        }
        return child;
    }

    /**
     * Another plan: children of the same name and kind are the same children. Of those that it lacks nothing may be left but what
     * this closes.
     *
     * @return by new index, the old one; -1 for a new child
     */
    int[] replan(Plan next) {
        Map<String, ChildProcess> left = new HashMap<>();
        for (ChildProcess child : byIndex) {
            left.put(child.plan.name(), child);
        }
        int[] from = new int[next.children().size()];
        ChildProcess[] children = new ChildProcess[from.length];
        for (int i = 0; i < from.length; i++) {
            ChildPlan plan = next.children().get(i);
            ChildProcess known = left.get(plan.name());
            if (known != null && known.plan.kind() == plan.kind()) {
                left.remove(plan.name());
                from[i] = known.index;
                known.index = i;
                known.plan = plan;
                children[i] = known;
            } else {
                from[i] = -1;
                children[i] = add(i, plan);
            }
        }
        for (ChildProcess gone : left.values()) {
            gone.closeAll();
            if (gone.segment != null) {
                gone.segment.close();
                gone.segment = null;
            }
            bySlot[gone.slot] = null;
        }
        byIndex = children;
        return from;
    }

    private ChildProcess add(int index, ChildPlan plan) {
        int slot = 0;
        while (bySlot[slot] != null) {
            slot++;
        }
        ChildProcess child = new ChildProcess(index, slot, plan);
        bySlot[slot] = child;
        return child;
    }
}
