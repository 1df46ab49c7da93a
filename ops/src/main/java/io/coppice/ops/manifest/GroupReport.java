package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.AutoShutdown;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ExitSet;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What {@code coppice check} says of groups, and of what single ends mean. Pure. */
final class GroupReport {
    private GroupReport() {}

    /** A line for each group, and for the instance if it is more than a heap of daemons; each ended by a newline. */
    static String of(Plan plan) {
        StringBuilder report = new StringBuilder();
        for (GroupPlan group : plan.groups()) {
            boolean outermost = group.name().equals(GroupPlan.OUTERMOST);
            boolean plain = group.strategy() == Strategy.ONE_FOR_ONE
                    && group.maxRestarts() == ChildPlan.UNLIMITED_RESTARTS
                    && group.autoShutdown() == AutoShutdown.NEVER;
            if (!outermost || !plain) {
                report.append(outermost ? "instance   " : "group      " + group.name() + ": ")
                        .append(String.join(", ", rules(plan, group, outermost)))
                        .append('\n');
            }
        }
        return report.toString();
    }

    private static List<String> rules(Plan plan, GroupPlan group, boolean outermost) {
        List<String> rules = new ArrayList<>();
        if (!outermost) {
            rules.add(String.join(" ", members(plan, group)));
        }
        rules.add(group.strategy().text());
        boolean unlimited = group.maxRestarts() == ChildPlan.UNLIMITED_RESTARTS;
        rules.add(
                unlimited
                        ? "any number of restarts"
                        : "at most " + group.maxRestarts()
                                + (group.maxRestarts() == 1 ? " restart in " : " restarts in ")
                                + Quantity.duration(group.periodMs())
                                + ", then "
                                + (outermost
                                        ? "the root exits with 5"
                                        : group.membership().escalates()
                                                ? "restarted by " + parent(group)
                                                : "all are failed"));
        if (group.autoShutdown() != AutoShutdown.NEVER) {
            rules.add("auto_shutdown " + group.autoShutdown().text());
        }
        if (!outermost && group.membership().significant()) {
            rules.add("significant");
        }
        return rules;
    }

    private static String parent(GroupPlan group) {
        String parent = group.membership().group();
        return parent.equals(GroupPlan.OUTERMOST) ? "the instance" : "group " + parent;
    }

    private static List<String> members(Plan plan, GroupPlan group) {
        return Stream.concat(
                        plan.children().stream()
                                .filter(child -> child.membership().group().equals(group.name()))
                                .map(ChildPlan::name)
                                .filter(ReplicaReport::isShown)
                                .map(child -> ReplicaReport.name(plan, child)),
                        plan.groups().stream()
                                .filter(other -> !other.name().equals(GroupPlan.OUTERMOST)
                                        && other.membership().group().equals(group.name()))
                                .map(GroupPlan::name))
                .toList();
    }

    /** What is not the default of a daemon's keys about its ends. */
    static List<String> ends(ChildPlan child) {
        List<String> rules = new ArrayList<>();
        addExits("succeeds with ", child.exits().success(), rules);
        addExits("never restarted after ", child.exits().prevent(), rules);
        addExits("always restarted after ", child.exits().force(), rules);
        if (child.membership().significant()) {
            rules.add("significant");
        }
        if (child.membership().escalates()) {
            rules.add("given up with its group");
        }
        return rules;
    }

    private static void addExits(String what, ExitSet exits, List<String> rules) {
        List<String> words = new ArrayList<>();
        exits.codes().forEach(code -> words.add(Integer.toString(code)));
        words.addAll(exits.signals());
        if (!words.isEmpty()) {
            rules.add(what + String.join(" ", words));
        }
    }
}
