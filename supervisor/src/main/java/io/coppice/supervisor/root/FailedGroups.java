package io.coppice.supervisor.root;

import io.coppice.state.root.RootSnapshot;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.ReplicaSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who has failed with a group and not by itself, told from the events in their order: each member of a group that has failed for good, until
 * it is launched again or somebody asks for that.
 *
 * <p>Duty-cycle thread only. Grows no larger than the plan's children.
 */
final class FailedGroups {
    private final Map<String, GroupPlan> groups = new HashMap<>();
    private final Set<String> failedWithOne = new HashSet<>();
    private List<ChildPlan> children = List.of();

    FailedGroups(Plan plan) {
        replan(plan);
    }

    /** From now on members are those of this plan. */
    void replan(Plan next) {
        groups.clear();
        next.groups().forEach(group -> groups.put(group.name(), group));
        children = next.children();
        Set<String> names = new HashSet<>();
        children.forEach(child -> names.add(child.name()));
        failedWithOne.retainAll(names);
    }

    /** Each event once, the oldest first. */
    void onEvent(RootSnapshot.EventInfo event) {
        String about = event.child().orElse("");
        switch (event.type()) {
            case GROUP_FAILED -> {
                GroupPlan group = groups.get(about);
                if (group != null && !group.membership().escalates()) {
                    for (ChildPlan child : children) {
                        if (isWithin(child, about)) {
                            failedWithOne.add(child.name());
                        }
                    }
                }
            }
            case SPAWNED, START_REQUESTED, RESTART_REQUESTED -> failedWithOne.remove(about);
            default -> {}
        }
    }

    /** Whether the failure of this child, of which an event tells, is that of its group. */
    boolean isTheirs(String child) {
        return failedWithOne.contains(child);
    }

    /** The daemons of a group and of the groups in it, each with replicas once, in the plan's order. */
    List<String> members(String group) {
        Set<String> members = new LinkedHashSet<>();
        for (ChildPlan child : children) {
            if (isWithin(child, group)) {
                String set = ReplicaSet.setOf(child.name());
                members.add(set == null ? child.name() : set);
            }
        }
        return new ArrayList<>(members);
    }

    private boolean isWithin(ChildPlan child, String group) {
        String at = child.membership().group();
        while (!at.equals(group)) {
            GroupPlan next = groups.get(at);
            if (next == null || at.equals(GroupPlan.OUTERMOST)) {
                return false;
            }
            at = next.membership().group();
        }
        return true;
    }
}
